import t from 'tap'
import { said, say } from '../../../src/words/saying.ts'

t.test('a sentence is said in the language of whoever reads it, with the same facts', async t => {
  const down = say('portalDown', 7 * 60)
  t.equal(said(down, 'en'), 'the portal has not answered for 7 minutes')
  t.equal(said(down, 'nl'), 'het portaal reageert al 7 minuten niet')
  const many = say('alike', 'A-1, A-2', 3)
  t.match(said(many, 'en'), /^A-1, A-2 and 3 more: /)
  t.match(said(many, 'nl'), /^A-1, A-2 en nog 3: /)
})

t.test('a wrong secret is named in words, every other code as it is', async t => {
  const refused = say('unproven', 3, 'NOT_AUTHENTIC, BODY_TOO_LARGE', '2026-11-20T09:00:00Z')
  t.match(said(refused, 'en'), '3 requests refused (wrong secret?, BODY_TOO_LARGE), last at')
  t.match(said(refused, 'nl'), '3 verzoeken geweigerd (verkeerd geheim?, BODY_TOO_LARGE), het laatst op')
})

t.test('a problem is told in the same language, if its words are ours', async t => {
  const late = say('asked', 3 * 3600, 'TOOL_UNREACHABLE: api.acme.example answered 503')
  t.equal(said(late, 'en'), 'TOOL_UNREACHABLE: api.acme.example answered 503; last asked 3 hours ago')
  t.equal(
    said(late, 'nl'),
    '3 uur geleden voor het laatst nagevraagd (TOOL_UNREACHABLE: api.acme.example antwoordde 503)'
  )
  const theirs = say('notAsked', 'TOOL_UNAUTHORIZED: the vendor says no')
  t.equal(said(theirs, 'nl'), 'navragen lukte niet: TOOL_UNAUTHORIZED: the vendor says no')
  t.equal(said(say('asked', 60, ''), 'nl'), '60 seconden geleden voor het laatst nagevraagd')
})
