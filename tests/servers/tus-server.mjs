// SPDX-License-Identifier: GPL-3.0-or-later
// The region's upload server for tests: @tus/server on files, with faults that a test orders at /_control.
// Usage: node tus-server.mjs PORT FOLDER
import http from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [port, folder] = [Number(process.argv[2]), process.argv[3]]
const PORTAL = '<!doctype html><title>Log in</title><h1>Log in to the network</h1>'

let faults = []
let seen = []
const hanging = new Set()

const tus = new Server({
  path: '/files', // '/files/' would put two slashes into Location
  relativeLocation: true,
  datastore: new FileStore({ directory: folder }),
})

function bodyOf(req) {
  return new Promise((resolve, reject) => {
    const parts = []
    req.on('data', (part) => parts.push(part))
    req.on('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    req.on('error', reject)
  })
}

async function control(req, res) {
  if (req.method === 'GET') {
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify(seen))
    return
  }
  const order = JSON.parse(await bodyOf(req))
  if (order.do === 'fault') {
    faults.push({ ...order, left: order.count })
  } else if (order.do === 'reset') {
    faults = []
    seen = []
    for (const socket of hanging) socket.destroy()
    hanging.clear()
  } else {
    res.writeHead(400).end('unknown order')
    return
  }
  res.writeHead(204).end()
}

function takeFault(method) {
  const fault = faults.find((each) => each.method === method && each.left > 0)
  if (fault) fault.left -= 1
  return fault
}

function record(req, res) {
  const note = {
    method: req.method,
    path: req.url,
    offset: req.headers['upload-offset'] ?? null,
    length: req.headers['upload-length'] ?? null,
    metadata: req.headers['upload-metadata'] ?? null,
    authorization: req.headers.authorization ?? null,
    connection: `${req.socket.remoteAddress}:${req.socket.remotePort}`,
    status: null,
  }
  seen.push(note)
  res.on('finish', () => { note.status = res.statusCode })
}

// Each fault does to a request what a bad network or a bad server would do.
const misbehave = {
  status(req, res, fault) {
    req.resume()
    req.on('end', () => {
      const headers = { 'Tus-Resumable': '1.0.0' }
      if (fault.retry_after_s !== null) headers['Retry-After'] = String(fault.retry_after_s)
      res.writeHead(fault.status, headers).end()
    })
  },
  reset(req) {
    req.socket.resetAndDestroy()
  },
  hang(req) {
    hanging.add(req.socket)
    req.resume()
  },
  portal(req, res) {
    req.resume()
    req.on('end', () => res.writeHead(200, { 'content-type': 'text/html' }).end(PORTAL))
  },
  // The server does its work; the reply never arrives.
  lost_reply(req, res) {
    const { socket } = req
    res.writeHead = () => res
    res.flushHeaders = () => {}
    res.write = () => true
    res.end = () => { socket.destroy(); return res }
    tus.handle(req, res)
  },
  // The line breaks after so many bytes of this connection arrived; what came before is kept.
  cut(req, res, fault) {
    const { socket } = req
    const start = socket.bytesRead
    const watch = setInterval(() => {
      if (socket.bytesRead - start >= fault.after_bytes) socket.destroy()
    }, 1)
    socket.on('close', () => clearInterval(watch))
    tus.handle(req, res)
  },
}

const server = http.createServer((req, res) => {
  if (req.url === '/_control') {
    control(req, res).catch((error) => res.writeHead(400).end(String(error)))
    return
  }
  record(req, res)
  const fault = takeFault(req.method)
  if (fault) misbehave[fault.kind](req, res, fault)
  else tus.handle(req, res)
})

server.listen(port, '127.0.0.1')
