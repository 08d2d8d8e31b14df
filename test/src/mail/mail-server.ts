// A real mail server, by other people, which keeps what it is given.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Test } from 'tap'

export type Received = { from: string; to: string[]; source: string }

export const openMailServer = async (t: Test) => {
  const received: Received[] = []
  const waiting: (() => void)[] = []
  const state = { refuses: false }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (state.refuses) return done(Object.assign(new Error('go away, kees@bakker.example'), { responseCode: 554 }))
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString()
        })
        done()
        for (const resolve of waiting.splice(0)) resolve()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    state,
    /** Resolves once so many mails were taken. */
    taken: async (count: number) => {
      while (received.length < count) await new Promise<void>(resolve => waiting.push(resolve))
    }
  }
}
