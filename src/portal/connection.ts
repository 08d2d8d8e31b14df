// A connection for one call only: a kept one that went stale would turn a create into a doubt. It is opened before the
// request exists, so if this rejects, no byte of the request has left.

import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'

import { connect as secure } from 'node:tls'
import { bareHost } from '../network/http.ts'

/**
 * Resolves when the connection stands, with TLS where the address asks for it. When the signal is aborted, now or
 * later, the connection is reset: what still waits in buffers, ours or the kernel's, is thrown away, not delivered.
 */
export const openConnection = async (url: URL, signal: AbortSignal): Promise<Socket> => {
  signal.throwIfAborted()
  const host = bareHost(url)
  const isSecure = url.protocol === 'https:'
  // A socket of our own below TLS, because only a plain one can be reset.
  const plain = connect({ host, port: Number(url.port) || (isSecure ? 443 : 80), noDelay: true })
  plain.on('error', quiet)
  signal.addEventListener('abort', () => abandon(plain), { once: true })
  await once(plain, 'connect', { signal })
  if (!isSecure) return plain
  const socket = secure({ socket: plain, host, servername: isIP(host) ? '' : host, ALPNProtocols: ['http/1.1'] })
  socket.on('error', quiet)
  await once(socket, 'secureConnect', { signal })
  return socket
}

/**
 * The failure reaches the caller that waits, or the request on top; without a listener it would also end the process.
 */
const quiet = () => {}

const abandon = (plain: Socket) => {
  if (plain.connecting) plain.destroy()
  else plain.resetAndDestroy()
}
