import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { openHouse } from './fixtures.ts'

t.test('one invoice is shown with all that is known of it, whatever its number is made of', async t => {
  const { person, bring } = await openHouse(t, { REVIEW: 'true' })
  const number = '2026/11 #7? 100% é+&=\\'
  await bring(number, 'held', {
    dueAt: '2026-12-20',
    customerName: 'Bakkerij De Vos',
    sendNotification: true
  })

  const [shown, json, unknown] = await Promise.all([
    factuurbrug(['invoice', number], person),
    factuurbrug(['invoice', number, '--json'], person),
    factuurbrug(['invoice', '2026/12'], person)
  ])

  for (const line of [
    `number        ${number}`,
    'state         held REVIEW',
    'amount        121.00 EUR',
    'customer      Bakkerij De Vos',
    'in portal     cst_bakkerijdevos1, Bakkerij De Vos (the invoice names it)',
    'due           2026-12-20',
    'portal mails  yes',
    'would send',
    'history'
  ])
    t.ok(shown.stdout.split('\n').includes(line), line)
  t.match(shown, {
    code: 0,
    stderr: '',
    stdout: /^pdf +\d+ bytes$.*^ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}held {2}\(code: REVIEW/ms
  })
  t.match(JSON.parse(json.stdout), { invoiceNumber: number, wouldSend: { sendNotification: true } })
  t.match(unknown, { code: 1, stdout: '', stderr: /^INVOICE_NOT_FOUND: / })
})
