import t from 'tap'
import { emailPrint, emailPrints, fingerprint, hiddenRef, namePrint, refPrint } from '../../../src/core/fingerprint.ts'

t.test('what is compared as one has one fingerprint, and nobody reads from it what it was', async t => {
  t.equal(refPrint(' CUS_1'), refPrint('cus_1'))
  t.equal(namePrint('Jansen  B.V.'), namePrint('jansen bv'))
  t.equal(emailPrint(' Kees@A.example'), emailPrint('kees@a.example'))
  t.strictSame(emailPrints(['a@a.example', 'A@a.example', ' ', '']), [emailPrint('a@a.example')])
  t.not(namePrint('Jansen BV'), namePrint('Jansen VOF'))
  t.match(fingerprint('kees'), /^[0-9a-f]{32}$/)
})

t.test('a hidden reference is still the same one, to the ledger and to a person who copies it', async t => {
  const hidden = hiddenRef('Kees@a.example')

  t.match(hidden, /^sha256:[0-9a-f]{32}$/)
  t.equal(refPrint(hidden), refPrint(' kees@a.example'))
  t.equal(refPrint(` ${hidden.toUpperCase()} `), refPrint('kees@a.example'))
  t.equal(hiddenRef(hidden), hidden)
  for (const ref of ['sha256:', 'sha256:17', `${hidden}0`, `sha256:${'g'.repeat(32)}`])
    t.equal(refPrint(ref), fingerprint(ref), 'what only begins so is a reference of its own')
})

t.test('what is missing has none', async t => {
  t.strictSame([fingerprint(''), namePrint(null), emailPrint(' '), refPrint('')], ['', '', '', ''])
})
