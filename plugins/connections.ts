// How many connections there are at once. Whoever opens thousands of them and says nothing takes nobody's place: when it
// gets full, those are closed that have been silent longest. Whoever asked something before goes after them, and whoever
// was believed comes last.

import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** What comes over this connection is authentic. */
    trustConnection: (request: FastifyRequest) => void
  }
}

// Some 15 MB of memory. A bridge has a few dozen at the same time.
const roomFor = 400

// A burst: what it is too much is closed within a few turns of the event loop.
const connectionsMax = 1600

export default fp(
  async app => {
    const open = new Set<Socket>()
    // The one that has been idle longest comes first, in each of them.
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

    // What comes with a connection is read a turn of the event loop later: only who said nothing then is silent.
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
      // Over other sockets than the server's own (plugins/entrances.ts), too.
      if (open.size >= connectionsMax) return socket.destroy()
      open.add(socket)
      arrived.push(socket)
      socket.once('close', () => forget(socket))
      if (isDue) return
      isDue = true
      setImmediate(turn)
    })

    // Until it is answered: whoever does not read the answer keeps nothing.
    const busy = new WeakSet<Socket>()
    app.addHook('onRequest', ({ raw: { socket } }, _reply, done) => {
      busy.add(socket)
      for (const idle of ranks) idle.delete(socket)
      done()
    })
    // What is answered after that would keep its connection, and the server open, for a minute.
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
