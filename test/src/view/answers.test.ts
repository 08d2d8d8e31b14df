import t from 'tap'
import { WholeInvoice } from '../../../src/view/answers.ts'
import { mustBePromised } from '../../answers.ts'
import { openApp } from '../../plugins/app.ts'
import { bodyOf, borrowOne, holdingOf, minute } from '../ledger/fixtures.ts'

t.test('an invoice in each state is answered as promised, with nothing besides', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  const now = () => clock.now()
  await receive('delivered')
  const sent = await borrowOne(ledger, now())
  await ledger.sending(sent, bodyOf(sent), now())
  const holding = holdingOf('inv_1', { invoiceNumber: 'delivered' })
  await ledger.record(sent, { to: 'delivered', holding, how: 'created', code: null }, now())
  await receive('sending')
  const doubted = await borrowOne(ledger, now())
  await ledger.sending(doubted, bodyOf(doubted), now())
  await ledger.record(doubted, { to: 'doubt', detail: 'time-out' }, now())
  await receive('held')
  const shown = await borrowOne(ledger, now())
  const wouldSend = { ...bodyOf(shown), customerId: null, newCustomer: 'Kees' }
  await ledger.record(shown, { to: 'held', code: 'REVIEW', detail: null, wouldSend }, now())
  await receive('waiting')
  await receive('dismissed')

  t.match((await ask('POST', `${path('dismissed')}/dismiss`)).json(), { changed: true })
  for (const state of ['waiting', 'sending', 'delivered', 'held', 'dismissed']) {
    t.match((await ask('GET', path(state))).json(), { invoiceNumber: state, state }, state)
    t.match((await ask('GET', `/api/invoices?state=${state}`)).json(), { invoices: [{ state }] })
  }
  t.match((await ask('GET', path('held'))).json(), { wouldSend })
  t.equal((await ask('GET', '/api/summary')).statusCode, 200)
  t.equal((await ask('GET', path('unheard of'))).statusCode, 404)
  await clock.advance(16 * minute)
  t.match((await ask('GET', '/health')).json(), { status: 'warn' })
})

t.test('what an earlier version put up for review is shown, too', async t => {
  const { ask, receive, path, ledger, clock } = await openApp(t)
  await receive('A-1')
  const loan = await borrowOne(ledger, clock.now())
  const wouldSend = bodyOf(loan) as never
  await ledger.record(loan, { to: 'held', code: 'REVIEW', detail: null, wouldSend }, clock.now())

  t.match((await ask('GET', path('A-1'))).json(), { wouldSend: { amount: '121.00', newCustomer: null } })
})

t.test('a field that is not described, or one that is missing, is noticed', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')
  const invoice = (await ask('GET', path('A-1'))).json() as WholeInvoice
  const { pdf, ...without } = invoice

  for (const wrong of [
    { ...invoice, secret: 1 },
    { ...invoice, pdf: { ...pdf, file: 'a' } },
    without,
    { ...invoice, receivedAt: 'yesterday' }
  ])
    t.throws(() => mustBePromised('GET', path('A-1'), 200, wrong))
  t.throws(() => mustBePromised('GET', path('A-1'), 200, { code: 'x' }))
  t.throws(() => mustBePromised('GET', path('A-1'), 418, invoice), /418 is not described/)
  t.strictSame(WholeInvoice.parse(invoice), invoice)
})
