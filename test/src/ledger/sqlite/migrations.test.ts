import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { advice } from '../../../../src/core/codes.ts'
import type { Customer } from '../../../../src/core/invoice.ts'
import { states } from '../../../../src/core/row.ts'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { arrivalOf, bodyOf, bring, delivered, noon, other, rowOf, stages, stateOf } from '../fixtures.ts'

const schemaOf = (file: string) => {
  const db = new DatabaseSync(file, { readOnly: true })
  const version = db.prepare('PRAGMA user_version').get()
  const objects = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  db.close()
  return { version, objects }
}

t.test('migrations are numbered without a gap, and each runs once', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const names = readdirSync(new URL('../../../../src/ledger/sqlite/migrations/', import.meta.url)).sort()
  t.strictSame(
    names.map(name => name.slice(0, 4)),
    names.map((_, index) => `${String(index + 1).padStart(3, '0')}-`)
  )

  await openSqlite({ file }).close()
  const schema = schemaOf(file)
  t.match(schema.version, { user_version: names.length })
  await openSqlite({ file }).close()
  t.strictSame(schemaOf(file), schema)
})

t.test('a row may have exactly the codes that are kept, in the state that each of them means', async t => {
  const database = new DatabaseSync(':memory:')
  t.teardown(() => database.close())
  await openSqlite({ file: ':memory:', database }).close()
  const allowed = database.prepare('SELECT state, code FROM state_code').all()
  const states: Record<string, string> = {
    retry: 'waiting',
    hold: 'held',
    dismiss: 'dismissed',
    note: 'delivered'
  }
  const meant = Object.entries(advice).flatMap(([code, { next }]) =>
    next in states ? [`${states[next]} ${code}`] : []
  )
  // What an owner decided by a setting, or what came too late, or before: another state than the code alone says.
  const besides = [
    'delivered INVOICE_CONFLICT',
    'delivered VOIDED_IN_TOOL',
    'dismissed CREDIT_NOTE',
    'dismissed ZERO_AMOUNT',
    'held TOOL_UNAUTHORIZED',
    'waiting LEDGER_UNAVAILABLE',
    'waiting UNEXPECTED'
  ]

  for (const pair of besides) t.ok(Object.hasOwn(advice, pair.split(' ')[1] ?? ''), pair)
  t.strictSame(allowed.map(({ state, code }) => `${state} ${code}`).toSorted(), [...meant, ...besides].toSorted())
})

/** As an earlier version left it, unpacked. */
const earlier = (t: Test, commit: string): string => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const packed = new URL(`../../../fixtures/ledger/${commit}.sqlite.gz`, import.meta.url)
  writeFileSync(file, gunzipSync(readFileSync(packed)))
  return file
}

t.test('a ledger of an earlier version goes on where it was', async t => {
  const file = earlier(t, '3530aca')
  const before = new DatabaseSync(file)
  const told = before.prepare('SELECT key, state, code, portal_id FROM invoice ORDER BY id').all()
  before.close()

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())

  const stateAfter = async (number: string) => {
    const { state, code, portalId } = await rowOf(ledger, number)
    return { state, code, portal_id: portalId }
  }
  for (const { key, ...state } of told) t.strictSame(await stateAfter(key as string), { ...state }, key as string)
  t.equal((await ledger.summary()).delivered, told.filter(({ state }) => state === 'delivered').length)
  t.match(await ledger.doubts(noon, 9), [{ body: { invoiceNumber: 'sending' }, sentAt: noon }])
  t.equal(await ledger.voidSource('acme', 'source waiting', noon), true, 'found by the id of its tool')
  t.strictSame(await stateOf(ledger, 'waiting'), ['dismissed', 'VOIDED_IN_TOOL'])
})

t.test('what an earlier version made searchable is found before it is entered anew, and once after that', async t => {
  const file = join(t.testdir(), 'ledger.sqlite')
  const first = openSqlite({ file })
  // So many that older ones are looked for by an index.
  const numbers = ['Old-0042', ...Array.from({ length: 500 }, (_, at) => `N-${at}`)]
  await Promise.all(numbers.map(invoiceNumber => first.receive(arrivalOf({ invoiceNumber }), noon)))
  await first.close()
  const before = new DatabaseSync(file)
  before.exec(`INSERT INTO search_text VALUES (1, 'old-0042');
    INSERT INTO search_use SELECT 1, min(id) FROM invoice;
    INSERT INTO search_ending VALUES ('ld-0042', 1), ('d-0042', 1), ('-0042', 1);
    INSERT INTO counter VALUES ('searchable to', 501);
    DROP TABLE search_number;
    DROP TABLE portal_invoice_gone;
    DROP TABLE copied_source; DROP TABLE dated_void; DROP TABLE customer_unmade;
    PRAGMA user_version = 16`)
  before.close()

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  const found = async () => (await ledger.list({ q: 'd-0042', limit: 9 })).rows.map(row => row.invoiceNumber)
  t.strictSame(await found(), ['Old-0042'])
  while ((await ledger.makeSearchable(200)) > 0);
  t.strictSame(await found(), ['Old-0042'])
  const left = new DatabaseSync(file, { readOnly: true })
  t.teardown(() => left.close())
  t.strictSame(left.prepare(`SELECT 1 FROM search_ending WHERE ending = 'd-0042'`).all(), [], 'by its number alone')
})

/** As the release left it before facts that cannot be read were written as such. */
const ofAmounts = async (t: Test): Promise<string> => {
  const file = join(t.testdir(), 'ledger.sqlite')
  await openSqlite({ file }).close()
  const before = new DatabaseSync(file)
  before.exec(
    'DROP TABLE search_number; DROP TABLE portal_invoice_gone; DROP TABLE copied_source; DROP TABLE dated_void; DROP TABLE customer_unmade; PRAGMA user_version = 16'
  )
  before.close()
  return file
}

for (const [version, fileOf] of [
  ['an earlier version', async (t: Test) => earlier(t, '49d2b61')],
  ['the release that found by amounts', ofAmounts]
] as const) {
  t.test(`what ${version} could not read of the portal’s invoices may be equal to anything`, async t => {
    const file = await fileOf(t)
    const before = new DatabaseSync(file)
    const kept = before.prepare(`INSERT INTO portal_invoice (id, key, entry, told, customer_id, amount_cents, issued_at)
      VALUES (?, ?, json_object('id', ?), ?, 'cst_1', ?, ?)`)
    kept.run('inv_dutch', 'a', 'inv_dutch', 1001, 12100, '20-11-2026')
    kept.run('inv_unread', 'b', 'inv_unread', 1002, null, null)
    kept.run('inv_other', 'c', 'inv_other', 1003, null, '2026-11-21')
    before.close()

    const ledger = openSqlite({ file })
    t.teardown(() => ledger.close())

    const body = { ...bodyOf({ invoice: arrivalOf().invoice, notify: true }), invoiceNumber: 'another' }
    const found = await ledger.holdings.strangers(body, 999)
    t.strictSame(found.map(({ id }) => id).toSorted(), ['inv_dutch', 'inv_unread'])
  })
}

t.test('what an earlier version sent, and did not deliver, is looked for before it is sent again', async t => {
  const ledger = openSqlite({ file: earlier(t, '3530aca') })
  t.teardown(() => ledger.close())
  const [doubt] = await ledger.doubts(noon, 9)
  t.match(doubt, { inherited: true, sent: doubt?.body })

  for (const number of ['held once sent', 'dismissed once sent']) await ledger.act(number, 'deliver', noon)
  const loans = await ledger.borrow(99, noon + 1e12, noon + 2e12)

  const unproven = loans.filter(loan => loan.unproven).map(({ invoice }) => invoice.invoiceNumber)
  t.strictSame(unproven.sort(), ['dismissed once sent', 'held once sent'])
  const waited = loans.find(({ invoice }) => invoice.invoiceNumber === 'waiting once sent')
  t.match(waited, { unproven: false }, 'what waits again was proven absent, or certainly not taken')
})

t.test(
  'numbers that have become alike are found under each way to write them, and told of where two rows have one',
  async t => {
    const ledger = openSqlite({ file: earlier(t, '3530aca') })
    t.teardown(() => ledger.close())

    t.match(await ledger.find('fb-7'), { invoiceNumber: 'ＦＢ-7', portalId: 'inv_ＦＢ-7' })
    t.match(await ledger.find('FB\u00a08'), { invoiceNumber: 'FB 8' })
    t.match(await ledger.holdings.byNumber('fb-7'), [{ id: 'inv_ＦＢ-7' }])
    t.strictSame(await ledger.numbersAlike(), ['2026\u20111'])
    t.match(await ledger.find('2026\u20111'), { invoiceNumber: '2026\u20111' }, 'each under its own spelling')
    t.match(await ledger.find('2026-1'), { invoiceNumber: '2026-1' })
    t.match(await ledger.find('2026\u20131'), { invoiceNumber: '2026-1' }, 'and one that nobody had')
  }
)

t.test('a payment of a number that was kept apart goes to its own row', async t => {
  const ledger = openSqlite({ file: earlier(t, '3530aca') })
  t.teardown(() => ledger.close())
  const apart = '2026\u20111'
  const historyOf = async (number: string) => (await ledger.find(number))?.history.map(({ event }) => event)
  const before = await historyOf('2026-1')

  await ledger.receive(arrivalOf({ invoiceNumber: apart, sourceId: `source ${apart}`, paidAt: noon }), noon)
  t.equal((await ledger.find(apart))?.paidAt, noon)
  t.equal((await ledger.find('2026-1'))?.paidAt, null)
  t.strictSame(await historyOf('2026-1'), before)
})

t.test('what was kept apart is told of until retention takes it', async t => {
  const ledger = openSqlite({ file: earlier(t, '3530aca') })
  t.teardown(() => ledger.close())
  t.strictSame(await ledger.numbersAlike(), ['2026\u20111'])
  await ledger.forget(noon + 1e12, 100)
  t.strictSame(await ledger.numbersAlike(), [])
})

t.test('the ledger of the last version goes on where it was, in every state', async t => {
  const file = earlier(t, '49d2b61')
  const before = new DatabaseSync(file)
  const told = before.prepare('SELECT key, state, code, portal_id, attempt, forgotten FROM invoice').all()
  const noted = before.prepare('SELECT count(*) AS lines FROM history').get()
  before.close()
  t.strictSame(new Set(told.map(({ state }) => state)), new Set(states))

  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())

  let lines = 0
  for (const { key, state, code, portal_id: portalId, attempt: attempts, forgotten } of told) {
    const row = await ledger.find(key as string)
    t.match(row, { state, code, portalId, attempts }, key as string)
    t.equal(row?.history[0]?.event, forgotten === 1 ? undefined : 'received')
    lines += row?.history.length ?? 0
  }
  t.equal(lines, noted?.lines, 'no line of history is lost, or told twice')
  t.match(await ledger.summary(), { delivered: 4, sending: 1, waiting: 4 })
  t.match(await ledger.doubts(noon, 9), [{ inherited: true, sent: { invoiceNumber: 'sending' } }])
  const loans = await ledger.borrow(99, noon + 1e12, noon + 2e12)
  const lent = loans.map(({ invoice }) => invoice.invoiceNumber).sort()
  t.strictSame(lent, ['lent', 'released', 'to be paid', 'waiting', 'waiting once sent'])
  const [released] = loans.filter(loan => loan.invoice.invoiceNumber === 'released')
  t.match(released, { released: { draft: { invoiceNumber: 'released' }, documentVersion: 0 } })
  const [pay] = loans.filter(loan => loan.work === 'pay')
  t.match(pay, { portalId: 'inv_pay', paying: true, inherited: true })
  t.match(await ledger.act('in review', 'deliver', noon), {
    state: 'waiting',
    draft: { newCustomer: 'Nieuw BV' }
  })
  t.strictSame([...(await ledger.documents())].sort(), ['beside.pdf', 'in review.pdf', 'released.pdf', 'waiting.pdf'])
  const repeated = arrivalOf(
    { invoiceNumber: 'held', sourceId: 'rival', amountCents: 1 },
    { tool: 'rival', document: null }
  )
  t.match(await ledger.receive(repeated, noon), { result: 'conflict', changed: false }, 'known since then')
  t.match(await ledger.act('held', 'take', noon), { tool: 'rival', amountCents: 1 })
  const voided = arrivalOf({ invoiceNumber: 'late', sourceId: 'source never came' })
  await ledger.receive(voided, noon)
  t.strictSame(await stateOf(ledger, 'late'), ['dismissed', 'VOIDED_IN_TOOL'])
})

t.test('what the last version knew of the portal and of customers is known', async t => {
  const ledger = openSqlite({ file: earlier(t, '49d2b61') })
  t.teardown(() => ledger.close())
  const { holdings, customers } = ledger

  t.match(await holdings.memory(), { identity: 'disk 1', sent: 8, portal: { token: 'token' } })
  t.match(await holdings.copy(), { filled: true, order: 'newest', sweptTo: noon })
  const { read, ordinal } = await holdings.beginRead()
  t.equal(read, 2)
  t.equal(ordinal, await holdings.size().then(size => size + 1), 'one was told of, and is gone')
  t.match(await holdings.byNumber('there before'), [{ id: 'inv_there' }])
  t.equal(await holdings.slotsTaken(), 1)
  t.equal(await ledger.askedTo('acme'), noon)
  t.match(await customers.find({ tool: 'acme', ref: 'person' }), {
    link: { portalId: 'cst_2', how: 'person' }
  })
  t.match(await customers.find({ tool: 'acme', ref: 'unlinked' }), { link: null })
  const { customer } = arrivalOf({
    customer: { ref: 'new', emails: ['new@example.nl'], name: 'Nieuw BV' }
  }).invoice
  const sighting = { invoiceId: 99, tool: 'acme', customer, test: true }
  const rules = { match: 'email', create: true } as const
  t.match(await customers.judge(sighting, rules, noon), { kind: 'creating', creation: { id: 1 } })
  t.equal(await customers.releaseWaiting(noon), 2)
})

const kees = { ref: 'Kees@bakker.example', portalId: null, name: 'Bakkerij Kees' }
const told = {
  emails: ['kees@bakker.example'],
  address: 'Dorpsstraat 1',
  zipCode: '1234 AB',
  city: 'Ons Dorp',
  countryCode: 'NL'
}

t.test('customers, links and conflicts of an earlier version are found as before', async t => {
  const ledger = openSqlite({ file: earlier(t, '3530aca') })
  t.teardown(() => ledger.close())
  const judge = (customer: Customer, test = true) =>
    ledger.customers.judge({ invoiceId: 1, tool: 'acme', customer, test }, rules, noon)
  const rules = { match: 'email', create: true } as const

  t.strictSame(await judge({ ...kees, ...told, city: 'Elders' }, false), { kind: 'is', portalId: 'cst_1' })
  t.match(await judge({ ...kees, ...told, ref: 'twice' }), { kind: 'match' }, 'of one name: one company')
  t.match(await judge({ ...kees, ...told, ref: 'new' }), { kind: 'creating', creation: { id: 1 } })
  t.match(await judge({ ...kees, ...told, ref: 'third', emails: ['new@example.nl'] }), { kind: 'creating' })
  t.match(await ledger.customers.find({ tool: 'acme', ref: 'PERSON' }), { link: { portalId: 'cst_2' } })
  t.match(await judge({ ...kees, ...told, ref: 'anna', emails: ['anna@example.nl'] }), { kind: 'ambiguous' })
  await ledger.customers.unlink({ tool: 'acme', ref: kees.ref }, noon)
  t.match(await judge({ ...kees, ...told, ref: 'rival', name: 'Anna' }), { kind: 'ambiguous' })
  const listed = await ledger.list({ q: 'kees@bakker.example', tool: 'acme', state: 'sending', limit: 9 })
  t.match(listed.rows, [{ invoiceNumber: 'sending' }])
  const again = { ...other, invoice: { ...other.invoice, invoiceNumber: 'held' } }
  t.match(await ledger.receive(again, noon), { result: 'conflict', changed: false }, 'and no news')
})

t.test('links that are there hold for the names and addresses that were known', async t => {
  const file = earlier(t, '3530aca')
  const before = new DatabaseSync(file)
  before.exec(`
    UPDATE customer SET ref = 'new', names = '["bakkerij kees","kees"]', link_names = '["kees"]', portal_id = 'cst_1',
      how = 'email', linked_at = 1 WHERE ref_key = 'new';
    UPDATE customer SET names = '["bakkerij kees","anna"]' WHERE ref_key = 'kees@bakker.example'`)
  before.close()
  const ledger = openSqlite({ file })
  t.teardown(() => ledger.close())
  const judge = (customer: Partial<Customer>) =>
    ledger.customers.judge(
      { invoiceId: 99, tool: 'acme', customer: { ...kees, ...told, ref: 'new', ...customer }, test: true },
      { match: 'email', create: false },
      noon
    )

  t.match(await judge({ name: 'Bakkerij Kees', emails: ['x@x.example'] }), { kind: 'is', portalId: 'cst_1' })
  t.match(await judge({ name: 'Another', emails: ['new@example.nl'] }), { kind: 'is' })
  t.match(await judge({ name: 'Another', emails: ['x@x.example'] }), { kind: 'ambiguous' })
  t.match(await judge({ ref: 'kees@bakker.example', name: 'Anna' }), { kind: 'ambiguous' }, 'as before')
  t.match(await judge({ ref: 'kees@bakker.example', name: 'Another' }), { kind: 'ambiguous' })
  t.match(await judge({ ref: 'person' }), { kind: 'is', portalId: 'cst_2' }, 'for the first that comes')
})

/** A row per stage, each under its stage's name as number, and a conflict beside the held one. */
const file = join(t.testdir(), 'ledger.sqlite')
const ledger = openSqlite({ file })
for (const stage of stages) {
  const invoiceNumber = stage
  await bring(ledger, stage, arrivalOf({ invoiceNumber }))
  // So that the next one to be borrowed is the next one's own.
  if (stage === 'waiting' || stage === 'lent' || stage === 'waiting once sent') {
    await ledger.borrow(9, noon, noon + 1e9)
  }
}
await ledger.receive(arrivalOf({ invoiceNumber: 'delivered two' }), noon)
const [loan] = await ledger.borrow(1, noon, noon + 1e9)
await ledger.record(loan!, delivered('inv_two', 'delivered two'), noon)
await ledger.receive({ ...other, invoice: { ...other.invoice, invoiceNumber: 'held' } }, noon)
await ledger.beat(noon)
await ledger.close()

const set = (number: string, values: string) => `UPDATE invoice SET ${values} WHERE key = '${number}'`

const refused: [what: string, sql: string][] = [
  ['a waiting row with a portal id', set('waiting', `portal_id = 'inv_9'`)],
  ['a sending row with a portal id', set('sending', `portal_id = 'inv_9'`)],
  ['a held row with a portal id', set('held', `portal_id = 'inv_9'`)],
  ['a dismissed row with a portal id', set('dismissed', `portal_id = 'inv_9'`)],
  ['a delivered row without one', set('delivered', 'portal_id = NULL')],
  ['a delivered row that is sent again', set('delivered', `state = 'sending', sending_at = 1, body = '{}'`)],
  ['a delivered row that waits again', set('delivered', `state = 'waiting', next_attempt_at = 1`)],
  ['two rows with one portal id', set('delivered two', `portal_id = 'inv_delivered'`)],
  ['two rows with one key', set('delivered two', `key = 'delivered'`)],
  ['sending without a body', set('sending', 'body = NULL')],
  ['sending what was never marked as sent', set('sending', 'ever_sent = 0')],
  ['sending what was proven not to be there', set('sending', 'unproven = 0')],
  ['in doubt without ever having been sent', set('waiting', 'unproven = 1')],
  ['sending without a time', set('sending', 'sending_at = NULL')],
  ['sending with a code', set('sending', `code = 'REVIEW'`)],
  ['sending with a next attempt', set('sending', 'next_attempt_at = 1')],
  ['waiting without a next attempt', set('waiting', 'next_attempt_at = NULL')],
  ['waiting that is finished', set('waiting', 'finished_at = 1')],
  ['waiting with a time of sending', set('waiting', 'sending_at = 1')],
  ['held without a code', set('held', 'code = NULL')],
  ['held with a code of a retry', set('held', `code = 'PORTAL_BUSY'`)],
  ['held with a code of dismissal', set('held', `code = 'BY_OPERATOR'`)],
  ['held with a next attempt', set('held', 'next_attempt_at = 1')],
  ['held and on loan', set('held', 'loan_until = 1')],
  ['held and finished', set('held', 'finished_at = 1')],
  ['dismissed without a code', set('dismissed', 'code = NULL')],
  ['dismissed with a code of holding', set('dismissed', `code = 'REVIEW'`)],
  ['dismissed and on loan', set('dismissed', 'loan_until = 1')],
  ['dismissed and not finished', set('dismissed', 'finished_at = NULL')],
  ['delivered with a code of holding', set('delivered', `code = 'REVIEW'`)],
  ['sending without what the copy had been told', set('sending', 'told = NULL')],
  ['paid in the portal without being there', set('held', 'known_paid_at = 1')],
  ['marked paid without being in the portal', set('waiting', 'paying = 1')],
  ['delivered without a date', set('delivered', 'delivered_at = NULL')],
  ['delivered and not finished', set('delivered', 'finished_at = NULL')],
  ['a state that is none', set('waiting', `state = 'lost'`)],
  ['half a document', set('waiting', `document_file = 'a.pdf'`)],
  ['an invoice that is not JSON', set('waiting', `invoice = '{'`)],
  ['a body that is not JSON', set('sending', `body = '{'`)],
  ['a mail that is neither asked for nor not', set('waiting', 'notify = 2')],
  ['a time with a fraction', set('waiting', 'next_attempt_at = 1.5')],
  ['a time that is text', set('waiting', `next_attempt_at = 'noon'`)],
  ['a deleted row', `DELETE FROM invoice WHERE key = 'dismissed'`],
  ['all rows deleted', 'DELETE FROM invoice'],
  [
    'a conflict twice',
    'INSERT INTO conflict SELECT 99, invoice_id, facts, arrival, received_at, 0, NULL FROM conflict'
  ],
  ['a conflict beside nothing', `INSERT INTO conflict VALUES (99, 999, '{}', '{}', 1, 0, NULL)`],
  ['history of nothing', `INSERT INTO history VALUES (999, 999, 1, 'received', '{}')`],
  ['fewer than no invoices', 'UPDATE tally SET invoices = -1'],
  ['two heartbeats', 'INSERT INTO heartbeat VALUES (2, 1)']
]

t.test('the database itself refuses', async t => {
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())
  const all = () => db.prepare('SELECT * FROM invoice ORDER BY id').all()
  const before = all()
  t.equal(before.length, stages.length + 1)

  for (const [what, sql] of refused) {
    t.test(what, async t => {
      t.throws(() => db.exec(sql), {
        code: 'ERR_SQLITE_ERROR',
        message: /constraint|kept for ever|cannot store/
      })
      t.strictSame(all(), before)
    })
  }
})

t.test('and nothing else: each of those rows can be written as it is', async t => {
  const db = new DatabaseSync(file)
  t.teardown(() => db.close())

  for (const stage of stages) t.doesNotThrow(() => db.exec(set(stage, 'state = state, code = code, body = body')))
})
