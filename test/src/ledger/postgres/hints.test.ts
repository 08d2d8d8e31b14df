// Hints between two processes, each with a connection of its own; and one whose connection leads through a pooler.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import t, { type Test } from 'tap'
import { systemClock } from '../../../../src/core/clock.ts'
import type { Hint } from '../../../../src/ledger/driver.ts'
import { openHints } from '../../../../src/ledger/postgres/hints.ts'
import { until } from '../../../end-to-end/bridge-process.ts'
import { startPostgres } from '../../../postgres.ts'

const server = await startPostgres()
const url = await server.database()
const admin = new pg.Client(url)
await admin.connect()
t.teardown(() => admin.end())

const listening = `FROM pg_stat_activity WHERE application_name = 'factuurbrug hints' AND query ~ 'LISTEN|notify'`

const open = (t: Test, at = url) => {
  const hints = openHints({ url: at, timeoutMs: 20_000, clock: systemClock })
  t.teardown(() => hints.close())
  const heard: string[] = []
  hints.listen(hint => heard.push(hint))
  return { hints, heard }
}

const areListening = (count: number) =>
  until(
    async () => (await admin.query(`SELECT pid ${listening}`)).rows,
    rows => rows.length === count,
    'they do not listen'
  )

type Open = ReturnType<typeof open>

/** Until it is heard: nobody is told when the other one listens, and what was let known before is lost. */
const lets = (one: Open, hint: Hint, other: Open) =>
  until(
    () => {
      one.hints.send(hint)
      return other.heard
    },
    heard => heard.includes(hint),
    'nothing was heard'
  )

t.test('what one lets the others know they hear, and not itself; also after its connection was lost', async t => {
  const [a, b] = [open(t), open(t)]
  await lets(a, 'due', b)
  t.strictSame([a.heard, [...new Set(b.heard)]], [[], ['due']])

  const lost = (await areListening(2)).map(({ pid }) => pid)
  await admin.query(`SELECT pg_terminate_backend(pid) ${listening}`)
  const isAnew = ({ pid }: { pid: number }) => !lost.includes(pid)
  await until(
    async () => (await admin.query(`SELECT pid ${listening}`)).rows,
    rows => rows.filter(isAnew).length === 2,
    'they did not come back'
  )
  await lets(b, 'sweep', a)
})

/** As a pooler does, it tells the client of a backend that is not the one it speaks with. */
const startPooler = async (t: Test) => {
  const { hostname, port } = new URL(url)
  const sockets: Socket[] = []
  const pooler = createServer(client => {
    const backend = connect(Number(port), hostname)
    sockets.push(client)
    let before = Buffer.alloc(0)
    backend.on('data', (chunk: Buffer) => {
      const at = before.length
      before = Buffer.concat([before, chunk])
      // BackendKeyData: its letter, its length, the process, the key.
      const key = before.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
      if (key !== -1) before.writeInt32BE(1, key + 5)
      client.write(before.subarray(at))
    })
    client.on('data', chunk => backend.write(chunk))
    client.on('close', () => backend.destroy())
    for (const socket of [client, backend]) socket.on('error', () => {})
  })
  pooler.listen(0, '127.0.0.1')
  await once(pooler, 'listening')
  t.teardown(() => pooler.close())
  const at = new URL(url)
  at.port = String((pooler.address() as { port: number }).port)
  return { url: at.href, sockets }
}

t.test('behind a pooler nobody listens, and nothing is sent: the others poll', async t => {
  const pooler = await startPooler(t)
  const { hints } = open(t, pooler.url)
  await until(
    () => pooler.sockets,
    ([socket]) => socket?.destroyed === true,
    'it stays connected'
  )
  await areListening(0)
  hints.send('due')
  await hints.close()
  t.equal(pooler.sockets.length, 1)
})

t.test('without a server it keeps trying, and ends when it is told to', async t => {
  const { hints } = open(t, 'postgres://nobody@127.0.0.1:1/none')
  hints.send('due')
  await hints.close()
})
