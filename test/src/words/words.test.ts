import t from 'tap'
import { advice } from '../../../src/core/codes.ts'
import { formatsOf, languageIn, languages, words } from '../../../src/words/words.ts'

/** Every text by where it stands; a sentence that is made of something is made here. */
const textsIn = (found: unknown, path = ''): [string, string][] => {
  if (typeof found === 'string') return [[path, found]]
  if (typeof found === 'function')
    return [[path, [1, 2, 9999].map(count => found(count, count % 9999, count, count)).join(' | ')]]
  return Object.entries(found as object).flatMap(([name, value]) => textsIn(value, `${path}.${name}`))
}

const texts = Object.fromEntries(languages.map(language => [language, textsIn(words[language])]))

// The same word in both.
const alike = /^\.(invoice\.test|tools\.|customers\.reference|portal\.)|token|Hint/i

t.test('both languages have every text, and none is empty or only half made', async t => {
  t.strictSame(
    texts.nl?.map(([path]) => path),
    texts.en?.map(([path]) => path)
  )
  for (const language of languages)
    for (const [path, text] of texts[language] ?? []) {
      t.ok(text.trim().length > 0 || path === '.tools.foundMore', `${language}${path}`)
      t.notMatch(text, /undefined|NaN|\[object|\$\{/, `${language}${path}`)
    }
})

t.test('nothing was left in the other language', async t => {
  const english = new Map(texts.en)
  const same = (texts.nl ?? []).filter(([path, text]) => english.get(path) === text && text.length > 12)
  t.strictSame(
    same.map(([path]) => path).filter(path => !alike.test(path)),
    []
  )
  for (const [path, text] of texts.nl ?? []) t.notMatch(text, /\b(the|and|with|invoices?|customers?|your)\b/, path)
  for (const [path, text] of texts.en ?? []) t.notMatch(text, /\b(het|een|facturen|klant|jouw|je)\b/, path)
})

t.test('each code that an invoice can carry, and each refusal, has its sentences', async t => {
  for (const language of languages) {
    const { ofInvoice, ofRefusal } = words[language].codes
    const known = [...Object.keys(ofInvoice), ...Object.keys(ofRefusal)]
    const all = Object.entries(advice).flatMap(([code, { next }]) => (next === 'stop' ? [] : [code]))
    t.strictSame(known.sort(), all.sort())
  }
})

t.test('one invoice is one, and several are several', async t => {
  for (const language of languages) {
    const { overview, bulk } = words[language]
    for (const made of [overview.needsYou, overview.onTheWay, overview.monthThere, bulk.deliverTitle, bulk.delivered])
      t.not(made(1).replace('1', ''), made(2).replace('2', ''))
    t.match(overview.needsYou(3), /^3 /)
  }
})

t.test('the browser decides on the language', async t => {
  t.equal(languageIn('nl-NL,nl;q=0.9,en;q=0.8'), 'nl')
  t.equal(languageIn('en;q=0.5, nl;q=0.7'), 'nl')
  t.equal(languageIn('de,fr;q=0.9,nl;q=0.1'), 'nl')
  for (const other of [undefined, '', 'de', '*', ';;,', ','.repeat(10_000)]) t.equal(languageIn(other), 'en')
})

t.test('money, dates and times are written as people write them, in the zone of the portal', async t => {
  const dutch = formatsOf('nl', 'Europe/Amsterdam')
  const english = formatsOf('en', 'Europe/Amsterdam')
  t.match(dutch.money('1234.50', 'EUR'), /^€\s1\.234,50$/)
  t.match(english.money('1234.50', 'EUR'), /^€1,234\.50$/)
  t.match(dutch.money('-0.05', 'EUR'), /^€\s-0,05$/)
  t.match(dutch.money('90071992547409.93', 'EUR'), /90\.071\.992\.547\.409,93$/, 'not by a float')
  t.match(dutch.money('5.125', 'KWD'), /5,125$/)
  t.equal(dutch.money('5', 'not one'), '5 not one')
  t.equal(dutch.date('2026-11-20'), '20 nov 2026')
  t.match(english.date('2026-11-20'), /^20 Nov 2026$/)
  t.equal(dutch.date('soon'), 'soon')
  t.match(dutch.time('2026-11-20T23:30:00Z'), /21 nov 2026.*00:30/)
  t.match(dutch.time('2026-07-01T10:00:00Z'), /12:00/)
  t.equal(dutch.count(1_000_000), '1.000.000')
})
