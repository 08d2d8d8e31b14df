// Real servers for tests, on a port of their own, plain or with TLS, that remember how each connection ended.

import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Test } from 'tap'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const cert = fixture('localhost.pem')
const key = fixture('localhost-key.pem')

/** From here on this process trusts the tests' certificate, as NODE_EXTRA_CA_CERTS would have it. */
export const trustTestCertificate = () => setDefaultCACertificates([...getCACertificates('default'), cert.toString()])

export type TestServer = {
  port: number
  /** At `localhost`, which the certificate is for. */
  origin: string
  /** How many connections were made. */
  connections: () => number
  /** Resolves when a connection ended: `reset`, or `closed`. */
  ended: Promise<'reset' | 'closed'>
  requests: string[]
}

export const serve = async (t: Test, listener: RequestListener, { secure = false } = {}): Promise<TestServer> => {
  const requests: string[] = []
  const { promise: ended, resolve } = Promise.withResolvers<'reset' | 'closed'>()
  const sockets = new Set<Socket>()
  let connections = 0
  const server: Server = secure ? createSecureServer({ cert, key }) : createServer()
  server.on('request', (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.on('error', () => {}) // `ended` says that it broke off
    listener(request, response)
  })
  const watch = (socket: Socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNRESET' ? 'reset' : 'closed'))
    socket.on('close', () => resolve('closed'))
  }
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    if (!secure) watch(socket)
    // With TLS a connection can end before it is established; if it is established, the error comes first.
    else socket.on('close', () => setImmediate(resolve, 'closed'))
  })
  server.on('secureConnection', watch)
  server.on('tlsClientError', () => {})
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const origin = `${secure ? 'https' : 'http'}://localhost:${port}`
  return { port, origin, connections: () => connections, ended, requests }
}
