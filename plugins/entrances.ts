// Where the service listens. Node takes one connection off a listening socket in each turn of the event loop, so that
// whoever comes behind a crowd that only connects would wait for seconds, or knock in vain. Linux spreads those who come
// over several sockets at one port: then as many are taken in each turn.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers where it listens. Rejects as `listen` does, also when another program has the port. */
    listenAt: (place: Place) => Promise<string>
  }
}

export type Place = { host: string; port: number }

// A crowd of 4,000 stands in queues of 250 then, which hold 511 each.
const socketsMax = 16

export default fp<{ platform: NodeJS.Platform }>(
  async (app, { platform }) => {
    const others: Server[] = []

    const openOther = async (place: Place): Promise<void> => {
      // As an HTTP server opens its own.
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

    // What came in by them the server itself ends with its own.
    app.addHook('preClose', async () => {
      for (const server of others) server.close()
    })
  },
  { name: 'entrances' }
)

/** Sockets that share a port do not mind each other, nor would a second bridge. */
const refuseTaken = async (place: Place): Promise<void> => {
  const server = createServer().listen({ ...place, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
