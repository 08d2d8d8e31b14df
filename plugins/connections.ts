// Limits how many connections are open at once. A client that opens thousands and sends nothing takes no one's place:
// when it gets full, the connections that have been silent longest are closed first, then those that sent a request
// before, and last those that were believed.

import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Marks what comes over this connection as authentic. */
    trustConnection: (request: FastifyRequest) => void
  }
}

// About 15 MB of memory. A bridge has a few dozen at a time.
const roomFor = 400

// For a burst: the excess is closed within a few turns of the event loop.
const connectionsMax = 1600

export default fp(
  async app => {
    const open = new Set<Socket>()
    // In each of these, the connection that has been idle longest comes first.
    const silent = new Set<Socket>()
    const spoken = new Set<Socket>()
    const believed = new Set<Socket>()
    const ranks = [silent, spoken, believed]
    const trusted = new WeakSet<Socket>()

    const forget = (socket: Socket): void => {
      for (const set of [open, ...ranks]) set.delete(socket)
    }

    const makeRoom = (): void => {
      while (open.size > roomFor) {
        const [longest] = ranks.find(({ size }) => size > 0) ?? []
        if (!longest) return
        forget(longest)
        longest.destroy()
      }
    }

    // What comes with a connection is read a turn of the event loop later: only if nothing came by then is it silent.
    let arrived: Socket[] = []
    let heard: Socket[] = []
    let isDue = false
    const turn = (): void => {
      for (const socket of heard) if (open.has(socket) && !busy.has(socket)) silent.add(socket)
      heard = arrived
      arrived = []
      makeRoom()
      isDue = heard.length > 0
      if (isDue) setImmediate(turn)
    }

    app.server.maxConnections = connectionsMax
    app.server.on('connection', socket => {
      // Connections over sockets other than the server's own (plugins/entrances.ts) count, too.
      if (open.size >= connectionsMax) return socket.destroy()
      open.add(socket)
      arrived.push(socket)
      socket.once('close', () => forget(socket))
      if (isDue) return
      isDue = true
      setImmediate(turn)
    })

    // Only until the request is answered: a client that does not read its answer does not keep the connection busy.
    const busy = new WeakSet<Socket>()
    app.addHook('onRequest', ({ raw: { socket } }, _reply, done) => {
      busy.add(socket)
      for (const idle of ranks) idle.delete(socket)
      done()
    })
    // A request answered after this would keep its connection, and with it the server, open for a minute.
    let isClosing = false
    app.addHook('preClose', async () => {
      isClosing = true
    })
    app.addHook('onSend', ({ raw: { socket } }, reply, _payload, done) => {
      busy.delete(socket)
      if (isClosing) reply.header('connection', 'close')
      if (open.has(socket)) (trusted.has(socket) ? believed : spoken).add(socket)
      done()
    })
    app.decorate('trustConnection', request => void trusted.add(request.raw.socket))
  },
  { name: 'connections' }
)
