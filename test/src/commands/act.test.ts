import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { customerId, until } from '../../end-to-end/bridge-process.ts'
import { operatorToken as appToken, openApp } from '../../plugins/app.ts'
import { draftOf } from '../ledger/fixtures.ts'
import { openHouse } from './fixtures.ts'

t.test('a person releases, dismisses, takes and keeps', async t => {
  const { portal, bridge, person, bring } = await openHouse(t, { REVIEW: 'true' })
  for (const number of ['2026/1', '2026/2', '2026/3', '2026/4']) await bring(number, 'held')
  const other = { customerId, issuedAt: '2026-11-20', pdfUrl: 'https://a.example/b.pdf' }
  for (const invoiceNumber of ['2026/3', '2026/4']) await bridge.send({ ...other, invoiceNumber, amount: '9.99' })

  const [deliver, dismiss, take, keep] = await Promise.all([
    factuurbrug(['deliver', '2026/1'], person),
    factuurbrug(['dismiss', '2026/2'], person),
    factuurbrug(['take', '2026/3'], person),
    factuurbrug(['keep', '2026/4', '--json'], person)
  ])

  t.match(deliver, { code: 0, stderr: '', stdout: /^number .*\n2026\/1 +waiting +- +121\.00 EUR/ })
  t.match(dismiss, { code: 0, stdout: /^2026\/2 +dismissed +BY_OPERATOR +121\.00/m })
  t.match(take, { code: 0, stdout: /^2026\/3 +waiting +- +9\.99/m })
  t.match(JSON.parse(keep.stdout), { invoiceNumber: '2026/4', state: 'waiting', amount: '121.00' })
  await until(
    () => portal.invoices,
    ({ length }) => length === 1,
    'it did not leave'
  )
  t.match(portal.invoices, [{ invoiceNumber: '2026/1' }])
})

t.test('who delivers in the face of a conflict is told which facts win', async t => {
  const { portal, bridge, person, bring } = await openHouse(t)
  await bring('A-1', 'held', { currency: 'USD' })
  await bring('A-2', 'held', { amount: '-1.00' })
  await bridge.send({
    invoiceNumber: 'A-2',
    customerId,
    issuedAt: '2026-11-21',
    amount: '9.99',
    pdfUrl: 'https://a.example'
  })

  const [plain, conflict] = await Promise.all([
    factuurbrug(['deliver', 'A-1'], person),
    factuurbrug(['deliver', 'A-2'], person)
  ])

  t.notMatch(plain.stdout, 'facts')
  t.match(conflict, {
    code: 0,
    stdout: new RegExp(
      [
        '^A-2 +waiting .*',
        `Other facts had come under this number\\. These win: -1\\.00 EUR, issued 2026-11-20, for ${customerId}, from invoices\\.`,
        `Set aside for good: 9\\.99 EUR, issued 2026-11-21, for ${customerId}, from invoices\\.\n$`
      ].join('\n'),
      'm'
    )
  })
  t.equal(portal.invoices.length, 0)
})

t.test('who says that it is absent from the portal has it sent again; who does not has it looked for', async t => {
  const { portal, bridge, person, bring } = await openHouse(t)
  const refuse = (invoiceNumber: string) =>
    portal.fault({ on: { invoiceNumber, call: 'create' }, fault: 'refused-after' })
  for (const number of ['A-1', 'A-2']) {
    refuse(number)
    await bring(number, 'held')
  }
  const stateOf = async (number: string) =>
    (await bridge.api<{ state: string }>('GET', `/api/invoices/${number}`)).state
  const numbers = () => portal.invoices.map(({ invoiceNumber }) => invoiceNumber)
  t.strictSame(numbers(), ['A-1', 'A-2'])

  const plain = await factuurbrug(['deliver', 'A-1'], person)
  const absent = await factuurbrug(['deliver', 'A-2', '--absent'], person)

  t.match([plain, absent], Array(2).fill({ code: 0, stderr: '' }))
  for (const number of ['A-1', 'A-2'])
    await until(
      () => stateOf(number),
      state => state === 'delivered',
      `${number} was not delivered`
    )
  t.strictSame(numbers(), ['A-1', 'A-2', 'A-2'], 'a person’s word is a person’s word')
})

t.test('that word belongs to deliver alone', async t => {
  const { person } = await openHouse(t)

  for (const word of ['dismiss', 'take', 'keep'])
    t.match(await factuurbrug([word, 'A-1', '--absent'], person), { code: 2, stderr: /--absent/ })
  t.match(await factuurbrug(['deliver', '--absent'], person), {
    code: 2,
    stderr: /deliver <nr> \[--absent\]/
  })
})

t.test('a note that is not there is not cleared in silence, and leaves no trace', async t => {
  const { bridge, person, bring } = await openHouse(t)
  await bring('A-1', 'delivered')
  await bring('A-2', 'dismissed', { amount: '0.00' })
  const before = await bridge.api('GET', '/api/invoices/A-1')

  const [delivered, dismissed] = await Promise.all([
    factuurbrug(['dismiss', 'A-1'], person),
    factuurbrug(['dismiss', 'A-2'], person)
  ])

  t.match(delivered, {
    code: 0,
    stdout: /\nNothing to dismiss: it is delivered, and has no note\.\n$/
  })
  t.match(dismissed, { code: 0, stdout: /\nNothing to dismiss: it is dismissed already\.\n$/ })
  t.strictSame(await bridge.api('GET', '/api/invoices/A-1'), before)
})

t.test('what the state does not allow is refused, with the reason', async t => {
  const { person, bring } = await openHouse(t)
  await bring('A-1', 'delivered')

  const [deliver, take, unknown] = await Promise.all([
    factuurbrug(['deliver', 'a-1'], person),
    factuurbrug(['take', 'A-1'], person),
    factuurbrug(['dismiss', 'A-2'], person)
  ])

  t.match(deliver, { code: 1, stdout: '', stderr: /^STATE_CONFLICT: it is delivered already\n/ })
  t.match(take, { code: 1, stderr: /^STATE_CONFLICT: there is nothing to take while it is delivered\n/ })
  t.match(unknown, { code: 1, stderr: /^INVOICE_NOT_FOUND: / })
})

t.test('all that match are released together: their number is said first, and nobody is asked twice', async t => {
  const { app, ledger, clock, receive } = await openApp(t)
  for (const number of ['A-1', 'A-2', 'B-1']) await receive(number)
  for (const loan of await ledger.borrow(3, clock.now(), clock.now() + 1000))
    await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend: draftOf(loan) }, clock.now())
  await receive('B-1', { amount: '1.00' })
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  const all = (...args: string[]) =>
    factuurbrug(['deliver', '--all', '--token', appToken, '--by', 'Zoë', ...args], person)

  t.match(await all('--state', 'held'), {
    code: 1,
    stdout: '',
    stderr: /^Left out: 1 invoice, in conflict with other facts\.\nThis would deliver 2 invoices\. Add --yes/
  })
  t.match(await all('--code', 'REVIEW', '--yes'), { code: 0, stdout: '2 invoices released.\n' })
  t.match(await all('--code', 'REVIEW', '--yes'), { code: 0, stdout: 'Nothing to deliver.\n' })
  t.match((await ledger.find('A-1'))?.history.at(-1), { by: 'Zoë', via: 'command line', among: 2 })
  t.match(await factuurbrug(['take', '--all'], person), { code: 2, stderr: /--all/ })
  t.match(await factuurbrug(['deliver', 'A-1', '--code', 'REVIEW'], person), { code: 2, stderr: /Usage/ })
})

t.test('what came in place of another while the person was asked is not sent with the rest', async t => {
  const { app, ledger, clock, receive } = await openApp(t)
  const hold = async (number: string) => {
    await receive(number)
    const [loan] = await ledger.borrow(1, clock.now(), clock.now() + 1000)
    await ledger.record(loan!, { to: 'held', code: 'REVIEW', detail: null }, clock.now())
  }
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  await hold('A-1')
  const confirm = async (question: string) => {
    t.equal(question, 'deliver 1 invoice?')
    await ledger.act('A-1', 'dismiss', clock.now())
    await hold('A-2')
    return true
  }

  t.match(await factuurbrug(['deliver', '--all', '--token', appToken], { ...person, confirm }), {
    code: 1,
    stdout: '',
    stderr: /^STATE_CONFLICT: other invoices match now than those that were counted: look again\n/
  })
  t.equal((await ledger.find('A-2'))?.state, 'held')
})
