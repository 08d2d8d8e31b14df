import t from 'tap'
import { openapi } from '../../../plugins/api/openapi.ts'
import { wholeProperties } from '../../../plugins/api/openapi-schemas.ts'
import { states } from '../../../src/core/row.ts'
import { openApp } from '../app.ts'

t.test('every reference leads somewhere', async t => {
  const text = JSON.stringify(openapi)
  for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
    t.ok(name in openapi.components.schemas, name)
})

t.test('an invoice and a summary have the fields that are described, and no other', async t => {
  const { ask, receive, path } = await openApp(t)
  await receive('A-1')
  const { Invoice, Summary, Problem } = openapi.components.schemas

  const inReview = (name: string) => name === 'wouldSend'
  const ofEach = Object.keys(Invoice.properties).filter(name => !inReview(name))
  const { invoices } = (await ask('GET', '/api/invoices')).json()
  t.strictSame(Object.keys(invoices[0]).toSorted(), ofEach.toSorted())
  t.strictSame(
    Object.keys((await ask('GET', path('A-1'))).json()).toSorted(),
    [...ofEach, ...Object.keys(wholeProperties)].toSorted()
  )
  t.strictSame(
    Object.keys((await ask('GET', '/api/summary')).json()).toSorted(),
    Object.keys(Summary.properties).toSorted()
  )
  const problem = (await ask('GET', '/api/invoices?limit=x')).json()
  t.strictSame(Object.keys(problem).toSorted(), Object.keys(Problem.properties).toSorted())
})

t.test('the states are those of the ledger', async t => {
  t.strictSame(openapi.components.schemas.Invoice.properties.state.enum, states)
})
