// Where the bridge listens. Node accepts one connection per listening socket in each turn of the event loop, so a
// client behind a crowd that only connects would wait for seconds, or not get in. Linux spreads new connections over
// several sockets on one port: Node then accepts as many in each turn.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Resolves to the address where it listens. Rejects as `listen` does, also when another program has the port. */
    listenAt: (place: Place) => Promise<string>
  }
}

export type Place = { host: string; port: number }

// A crowd of 4,000 then waits in queues of 250; each queue holds 511.
const socketsMax = 16

export default fp<{ platform: NodeJS.Platform }>(
  async (app, { platform }) => {
    const others: Server[] = []

    const openOther = async (place: Place): Promise<void> => {
      // The same options as for an HTTP server's own socket.
      const server = createServer({ allowHalfOpen: true, noDelay: true }, socket =>
        app.server.emit('connection', socket)
      )
      others.push(server)
      server.listen({ ...place, reusePort: true })
      await once(server, 'listening')
    }

    app.decorate('listenAt', async place => {
      if (platform !== 'linux') return app.listen(place)
      await refuseTaken(place)
      const shared = { ...place, reusePort: true }
      const address = await app.listen(shared)
      const places = (app.addresses() as AddressInfo[]).map(({ address, port }) => ({ host: address, port }))
      for (const place of places) for (let at = 1; at < socketsMax; at += 1) await openOther(place)
      return address
    })

    // The server ends the connections that came in through these along with its own.
    app.addHook('preClose', async () => {
      for (const server of others) server.close()
    })
  },
  { name: 'entrances' }
)

/** Sockets with `reusePort` share a port without an error, even with those of a second bridge. */
const refuseTaken = async (place: Place): Promise<void> => {
  const server = createServer().listen({ ...place, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
