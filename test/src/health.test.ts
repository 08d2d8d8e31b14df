import t, { type Test } from 'tap'
import { warningsIn } from '../../src/health.ts'
import { type Changed, on, openHealth, well } from './health.ts'
import { arrivalOf, bodyOf, borrowOne } from './ledger/fixtures.ts'

const minute = 60_000

const open = (t: Test, changed: Changed = {}) => {
  const { health, ...rest } = openHealth(t, changed)
  return { ...rest, check: async (name: string) => (await health())[name]?.[0] }
}

t.test('each thing that an owner wants to know is a warning', async t => {
  const warnings: [string, Changed, RegExp][] = [
    ['portal', { portal: { state: 'refused' } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { readsRefused: true } }, /refuses PORTAL_TOKEN/],
    ['portal', { portal: { state: 'down', sinceMs: 7 * minute } }, /not answered for 7 minutes/],
    ['tools', { tools: [] }, /no tool is set up/],
    ['tools', { tools: [{ ...on, on: false }] }, /no tool is set up/],
    [
      'tools',
      { tools: [on, { name: 'acme', on: true, missingSecret: 'ACME_SECRET' }] },
      /missing: ACME_SECRET/
    ],
    ['tools', { refusing: () => ['invoices'] }, /refuses its API token/]
  ]
  for (const [name, changed, output] of warnings) {
    const { check } = open(t, changed)
    t.match(await check(name), { status: 'warn', output })
  }
})

t.test('no warning hides another: each tool has its own', async t => {
  const { health } = openHealth(t, {
    portal: { state: 'down', sinceMs: minute },
    tools: [
      on,
      { name: 'acme', on: true, missingSecret: 'ACME_SECRET' },
      { ...on, name: 'other', on: false }
    ],
    refusing: () => ['acme', 'invoices']
  })

  t.strictSame(warningsIn(await health()), [
    { check: 'portal', tool: null, output: 'the portal has not answered for 1 minutes' },
    { check: 'tools', tool: 'invoices', output: 'it refuses its API token: make a new one' },
    { check: 'tools', tool: 'acme', output: 'webhook secret missing: ACME_SECRET' },
    { check: 'tools', tool: 'acme', output: 'it refuses its API token: make a new one' }
  ])
})

t.test('what waits or is in doubt for long is a warning', async t => {
  const { check, ledger, clock } = open(t)
  await ledger.receive(arrivalOf({ invoiceNumber: '1', sourceId: '1' }), clock.now())
  await ledger.receive(arrivalOf(), clock.now())
  const loan = await borrowOne(ledger, clock.now())
  await ledger.sending(loan, bodyOf(loan), clock.now())

  await clock.advance(15 * minute)
  t.match([await check('waiting'), await check('doubt')], Array(2).fill({ status: 'pass', observedValue: 1 }))
  await clock.advance(1)
  t.match(
    [await check('waiting'), await check('doubt')],
    Array(2).fill({ status: 'warn', observedValue: 1, output: 'the oldest for 15 minutes' })
  )
})

t.test('a worker that stands still is noticed', async t => {
  const { check, clock } = open(t, {
    engine: { turnedAt: () => 0, portal: () => well }
  })
  await clock.advance(minute)
  t.match(await check('worker'), { status: 'pass' })
  await clock.advance(1)
  t.match(await check('worker'), { status: 'warn', output: /restart the bridge/ })
})

t.test('the first read of the portal shows how far it is', async t => {
  const { check } = open(t, { portal: { filling: { pages: 12 } } })
  t.match(await check('copy'), {
    status: 'pass',
    observedValue: 12,
    observedUnit: 'pages',
    output: /first time/
  })
})
