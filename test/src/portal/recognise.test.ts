import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Code } from '../../../src/core/codes.ts'
import { BridgeError } from '../../../src/core/errors.ts'
import { emptyCopy } from '../../../src/ledger/holdings.ts'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../src/ledger/open.ts'
import { distrustRolledBack, recognisePortal } from '../../../src/portal/recognise.ts'
import { arrivalOf, bring } from '../ledger/fixtures.ts'
import { entryOf, throwing } from './double.ts'
import { handClock } from './hand-clock.ts'
import { entries, know, openParts } from './parts.ts'

const minute = 60_000
const distrusted = { ...emptyCopy, rolledBack: true }
const known = {
  ...emptyCopy,
  filled: true,
  order: 'newest',
  orderSeen: true,
  sweptTo: 5,
  sweptAt: 6,
  fullAt: 7
} as const

const openFile = (t: Test, folder: string): Ledger => {
  const ledger = openSqlite({ file: join(folder, 'ledger.sqlite') })
  t.teardown(() => ledger.close())
  return ledger
}

const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const clock = handClock()

/** A ledger that was started once, and is sure of its copy. */
const lived = async (t: Test, folder: string): Promise<Ledger> => {
  const ledger = openFile(t, folder)
  await distrustRolledBack(ledger, clock, log)
  await ledger.holdings.setCopy(known)
  await ledger.beat(clock.now())
  return ledger
}

t.test('a restart within ten minutes is trusted, in either direction of the clock', async t => {
  const folder = t.testdir()
  await (await lived(t, folder)).close()
  for (const ms of [0, 10 * minute, -20 * minute]) {
    clock.set(ms)
    const ledger = openFile(t, folder)
    await distrustRolledBack(ledger, clock, log)
    t.strictSame(await ledger.holdings.copy(), known)
    await ledger.close()
  }
  clock.set(10 * minute)
})

for (const ms of [10 * minute + 1, -10 * minute - 1]) {
  t.test(`after ${ms} ms of silence the copy is not trusted`, async t => {
    const ledger = await lived(t, t.testdir())
    clock.set(ms)
    await distrustRolledBack(ledger, clock, log)
    t.strictSame(await ledger.holdings.copy(), distrusted)

    await ledger.holdings.setCopy(known)
    await distrustRolledBack(ledger, clock, log)
    t.strictSame(await ledger.holdings.copy(), distrusted, 'until there is a sign of life')
    clock.set(-ms)
  })
}

t.test('a copied folder is another ledger, however fresh', async t => {
  const folder = t.testdir({ one: {} })
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  await (await lived(t, one)).close()
  cpSync(one, two, { recursive: true, preserveTimestamps: true })

  const copied = openFile(t, two)
  await distrustRolledBack(copied, clock, log)
  t.strictSame(await copied.holdings.copy(), distrusted)
  await copied.holdings.setCopy(known)
  await copied.close()

  const again = openFile(t, two)
  await distrustRolledBack(again, clock, log)
  t.strictSame(await again.holdings.copy(), known, 'from then on it is itself')

  const original = openFile(t, one)
  await distrustRolledBack(original, clock, log)
  t.strictSame(await original.holdings.copy(), known)
})

t.test('files that were put back over those of now are another ledger', async t => {
  const folder = t.testdir({ now: {} })
  const [now, backup, aside] = [join(folder, 'now'), join(folder, 'backup'), join(folder, 'aside')]
  await (await lived(t, now)).close()
  cpSync(now, backup, { recursive: true, preserveTimestamps: true })
  renameSync(now, aside)
  cpSync(backup, now, { recursive: true, preserveTimestamps: true })

  const restored = openFile(t, now)
  await distrustRolledBack(restored, clock, log)
  t.strictSame(await restored.holdings.copy(), distrusted)
})

/** The database alone, as a backup of it has it. */
const only = (folder: string) => join(folder, 'ledger.sqlite')

const send = async (ledger: Ledger, invoiceNumber: string) => {
  await bring(ledger, 'delivered', arrivalOf({ invoiceNumber, sourceId: invoiceNumber }))
}

t.test('a database that was put back alone knows of fewer creates than were let go', async t => {
  const folder = t.testdir()
  const before = await lived(t, folder)
  await send(before, 'A')
  await before.close()
  cpSync(only(folder), `${folder}/backup`)
  const later = openFile(t, folder)
  await send(later, 'B')
  await later.close()
  writeFileSync(only(folder), readFileSync(`${folder}/backup`))

  const restored = openFile(t, folder)
  await distrustRolledBack(restored, clock, log)
  t.strictSame(await restored.holdings.copy(), distrusted, 'however fresh it is')
  await restored.holdings.setCopy(known)
  await restored.close()

  const again = openFile(t, folder)
  await distrustRolledBack(again, clock, log)
  t.strictSame(await again.holdings.copy(), known, 'that is known from then on')
  await send(again, 'C')
  t.equal(await again.sentBeside(), 3, 'and the count goes on from the higher one')
})

t.test('nor is one believed that let creates go of which nothing stands beside it', async t => {
  const folder = t.testdir()
  const ledger = await lived(t, folder)
  await send(ledger, 'A')
  await ledger.close()
  for (const lose of [rmSync, (path: string) => writeFileSync(path, 'half')]) {
    lose(`${only(folder)}.sent`)
    const found = openFile(t, folder)
    await distrustRolledBack(found, clock, log)
    t.strictSame(await found.holdings.copy(), distrusted)
    await found.holdings.setCopy(known)
    await found.close()
  }
})

t.test('whoever died between the two counts, or never sent, is trusted', async t => {
  const folder = t.testdir()
  const never = await lived(t, folder)
  await distrustRolledBack(never, clock, log)
  t.strictSame(await never.holdings.copy(), known)

  // The database says so first; then it is counted beside it, and then a byte may leave.
  await send(never, 'A')
  await never.holdings.remember({ sent: 2 })
  await never.close()
  const ledger = openFile(t, folder)
  await distrustRolledBack(ledger, clock, log)
  t.strictSame(await ledger.holdings.copy(), known)
})

t.test('a ledger that never lived is nobody’s copy', async t => {
  const { ledger, lines, log } = openParts(t)
  await distrustRolledBack(ledger, clock, log)

  t.strictSame(lines, [])
  t.match(await ledger.holdings.memory(), { identity: ledger.identity })
})

const here = { url: 'https://portal.example/v1', token: 'secret-1' }
const rotated = { ...here, token: 'secret-2' }
const moved = { ...here, url: 'https://other.example/v1' }

const settled = async (t: Test, list = entries(5)) => {
  const parts = openParts(t, list)
  await recognisePortal(parts.ledger, parts.reader, here)
  await know(parts)
  return parts
}

t.test('the portal it has always been is not asked; its token is kept as a fingerprint', async t => {
  const { ledger, reader, double } = await settled(t)

  t.equal(await recognisePortal(ledger, reader, here), true)

  t.strictSame(double.asked(), [])
  t.notMatch(JSON.stringify(await ledger.holdings.memory()), 'secret')
})

for (const [what, identity] of [
  ['token', rotated],
  ['address', moved]
] as const) {
  t.test(`another ${what} that leads to one known id is the same portal`, async t => {
    const { ledger, reader, double } = await settled(t)
    for (const entry of double.list.slice(0, 2)) double.hidden.add(entry.id)

    t.equal(await recognisePortal(ledger, reader, identity), true)
    t.equal(double.asked().length, 3)
    t.equal(await ledger.holdings.size(), 5, 'what is hidden there is not taken for lost')

    t.equal(await recognisePortal(ledger, reader, identity), true)
    t.strictSame(double.asked(), [], 'from then on it is known')
  })

  t.test(`another ${what} that leads to none, and lists one of them, is the same portal`, async t => {
    const { ledger, reader, double } = await settled(t)
    for (const { id } of double.list) double.hidden.add(id)

    t.equal(await recognisePortal(ledger, reader, identity), true)
    t.strictSame(double.asked().slice(3), ['list 1'])
  })

  t.test(`another ${what} that leads to none of them, and lists others, is another portal`, async t => {
    const { ledger, reader, double } = await settled(t)
    const list = double.list.splice(0)
    double.list.push(entryOf(99))

    await t.rejects(recognisePortal(ledger, reader, identity), { code: 'PORTAL_CHANGED' })
    t.equal(double.asked().length, 4)
    await t.rejects(recognisePortal(ledger, reader, identity), { code: 'PORTAL_CHANGED' }, 'every time')
    t.equal(await ledger.holdings.size(), 5)

    double.list.push(...list)
    t.equal(await recognisePortal(ledger, reader, here), true, 'and back')
  })
}

for (const [what, isHere] of [
  ['lists a known one is the same', true],
  ['lists others only is neither the same nor another', false]
] as const)
  t.test(`a portal that never answers for the latest id, and ${what}`, async t => {
    const { ledger, reader, double } = await settled(t)
    const [latest] = await ledger.holdings.latest(1)
    if (!isHere) double.list.splice(0, 5, entryOf(99))
    double.onCall = call => {
      if (call === `get ${latest}`) throw new BridgeError('PORTAL_UNREACHABLE', 'the portal answered 500')
    }

    const answer = await recognisePortal(ledger, reader, moved)

    if (isHere) t.equal(answer, true)
    else t.match(answer, { code: 'PORTAL_UNREACHABLE', message: 'the portal answered 500' })
    t.strictSame(double.asked(), [`get ${latest}`, 'list 1'])
    t.match(await ledger.holdings.memory(), { portal: { url: isHere ? moved.url : here.url } })
  })

t.test('a portal that cannot be asked is neither the same nor another', async t => {
  for (const code of ['PORTAL_UNREACHABLE', 'PORTAL_UNAUTHORIZED', 'PORTAL_BUSY'] as Code[]) {
    const { ledger, reader, double } = await settled(t)
    double.list.splice(0)
    double.onCall = call => {
      // The first is answered: gone. That alone says nothing.
      if (double.calls.length > 1) throwing(new BridgeError(code, call))()
    }

    t.match(await recognisePortal(ledger, reader, moved), { name: 'BridgeError', code })
    t.match(await ledger.holdings.memory(), { portal: { url: here.url } })
  }
})

t.test('a bug is no answer', async t => {
  const { ledger, reader, double } = await settled(t)
  double.onCall = () => {
    throw new Error('bug')
  }
  await t.rejects(recognisePortal(ledger, reader, moved), { message: 'bug' })
  double.onCall = throwing(new BridgeError('UNEXPECTED'))
  await t.rejects(recognisePortal(ledger, reader, moved), { code: 'UNEXPECTED' })
})

t.test('while nothing is known of a portal, any is the one', async t => {
  const { ledger, reader, double } = await settled(t, [])

  t.equal(await recognisePortal(ledger, reader, moved), true)

  t.strictSame(double.asked(), [])
  t.match(await ledger.holdings.memory(), { portal: { url: moved.url } })
})
