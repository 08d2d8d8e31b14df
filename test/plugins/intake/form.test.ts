import t from 'tap'
import { readForm } from '../../../plugins/intake/form.ts'
import { collect, collectText, cuts } from './collect.ts'

t.test('a form is read as browsers write it', async t => {
  const text = 'invoiceNumber=2026%2D0042&customerName=Zo%C3%AB+%26+Co&dueAt=&paidAt&&a=b=c'

  for (const chunks of cuts(Buffer.from(text))) {
    t.strictSame(await collect(readForm, chunks), {
      fields: { invoiceNumber: '2026-0042', customerName: 'Zoë & Co', dueAt: '', paidAt: '', a: 'b=c' },
      problems: [],
      pdf: null
    })
  }
})

t.test('it agrees with the platform on what is well-formed', async t => {
  const given = { a: 'é+&=%20 \r\n', 'b c': '🧾', d: '' }

  const { fields } = await collectText(readForm, new URLSearchParams(given).toString())

  t.strictSame(fields, given)
})

t.test('what is wrong is said of its field', async t => {
  const wrong: [what: string, body: string, field: string][] = [
    ['nothing', '', 'body'],
    ['a broken escape', 'a=%zz', 'a'],
    ['half an escape', 'a=%4', 'a'],
    ['an escape that is not UTF-8', 'a=%EB', 'a'],
    ['half a character', 'a=%ED%A0%80', 'a'],
    ['a broken escape in a name', '%zz=a', 'body'],
    ['a field twice', 'a=1&b=2&%61=1', 'a'],
    ['too many fields', Array.from({ length: 33 }, (_, at) => `f${at}=1`).join('&'), 'body'],
    ['no name', '=1', 'body'],
    ['an endless name', `${'a'.repeat(101)}=1`, 'body']
  ]

  for (const [what, body, field] of wrong) {
    const { problems } = await collectText(readForm, body)
    t.strictSame(
      problems.map(problem => problem.field),
      [field],
      what
    )
  }
  t.match(await collect(readForm, [Buffer.from('a=\xeb', 'latin1')]), { problems: [{ field: 'body' }] })
})
