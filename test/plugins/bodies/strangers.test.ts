import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { largeBytesMax } from '../../../src/tools/tool.ts'
import { silent } from '../../src/delivery/delivery.ts'
import { handClock } from '../../src/portal/hand-clock.ts'
import { openStrangers } from './open-strangers.ts'

const from = (ip: string, bytes?: number) =>
  ({ ip, headers: bytes === undefined ? {} : { 'content-length': String(bytes) } }) as FastifyRequest
const rest = () => new Promise(resolve => setImmediate(resolve))

/** Enters, and stays until it is told to leave. */
const crowd = () => {
  const left = Promise.withResolvers<void>()
  let inside = 0
  return {
    inside: () => inside,
    leave: () => left.resolve(),
    stay: async () => {
      inside += 1
      await left.promise
    }
  }
}

t.test('one client leaves places to the others, and a /64 is one client', async t => {
  const strangers = openStrangers()
  const { stay, inside, leave } = crowd()
  const hosted = Array.from({ length: 180 }, (_, at) => strangers.host(from(`2001:db8:1:2::${at.toString(16)}`), stay))
  await t.rejects(strangers.host(from('2001:db8:1:2::ffff'), stay), { code: 'INTAKE_BUSY' })
  t.equal(inside(), 120)

  t.equal(await strangers.host(from('2001:db8:1:3::1'), async () => 'in'), 'in')
  leave()
  await Promise.all(hosted)
  t.equal(inside(), 180, 'who waited came in')
})

t.test('what says that it is small never waits behind what is large, or does not say', async t => {
  const strangers = openStrangers()
  const { stay, leave } = crowd()
  const sizes = [undefined, 20_000_000, 65_537]
  const hosted = Array.from({ length: 160 }, (_, at) => strangers.host(from(`192.0.2.${at % 2}`, sizes[at % 3]), stay))

  t.equal(await strangers.host(from('192.0.2.1', 65_536), async () => 'in'), 'in')
  const others = Array.from({ length: 60 }, () => strangers.host(from('192.0.2.1', 100), stay))
  const waiting = strangers.host(from('192.0.2.1', 100), async () => 'in')
  const waits = rest().then(() => 'waits')
  t.equal(await Promise.race([waiting, waits]), 'waits', 'one client leaves some of these, too')
  leave()
  await Promise.all([...hosted, ...others])
  t.equal(await waiting, 'in')
})

t.test('large bodies have their memory in turns, and use it again', async t => {
  const strangers = openStrangers()
  const memories = new Set<Buffer>()
  let inside = 0
  let most = 0
  const read = async (memory: Buffer) => {
    memories.add(memory)
    inside += 1
    most = Math.max(most, inside)
    await rest()
    inside -= 1
    if (memories.size % 3 === 0) throw new Error('aborted')
  }
  const bodies = Array.from({ length: 100 }, (_, at) =>
    strangers.host(from(`192.0.2.${at % 5}`), ({ large }) => large(read))
  )
  await Promise.allSettled(bodies)

  t.equal(most, 8)
  t.equal(memories.size, 8)
  for (const { length } of memories) t.equal(length, largeBytesMax)
})

t.test('what was on the disk is given back with the place, however it ended', async t => {
  const strangers = openStrangers({ pdfBytesMax: 100 })
  const fill = (bytes: number) => strangers.host(from('192.0.2.1'), async ({ onDisk }) => onDisk(bytes))
  await fill(1200)
  await t.rejects(fill(1201), { code: 'INTAKE_BUSY' })
  await t.resolves(fill(1200))
})

t.test('that all places are taken is told for a minute after it is over, and logged once a minute', async t => {
  const clock = handClock()
  const warned: object[] = []
  const strangers = openStrangers({ clock, log: { ...silent, warn: facts => void warned.push(facts) } })
  const { stay, leave } = crowd()
  const hosted = Array.from({ length: 160 }, (_, at) => strangers.host(from(`192.0.2.${at % 2}`), stay))
  t.equal(strangers.areMany(), true)
  t.strictSame(warned, [{ code: 'INTAKE_BUSY' }], 'though nobody has to wait yet')

  const waiting = Array.from({ length: 10 }, () => strangers.host(from('192.0.2.1'), stay))
  t.equal(warned.length, 1)
  leave()
  await Promise.allSettled([...hosted, ...waiting])
  await clock.advance(59_999)
  t.equal(strangers.areMany(), true)
  await clock.advance(1)
  t.equal(strangers.areMany(), false)
})
