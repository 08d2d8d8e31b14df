import t from 'tap'
import { emailPrint, emailPrints, fingerprint, namePrint, refPrint } from '../../../src/ledger/fingerprint.ts'

t.test('what is compared as one has one fingerprint, and nobody reads from it what it was', async t => {
  t.equal(refPrint(' CUS_1'), refPrint('cus_1'))
  t.equal(namePrint('Jansen  B.V.'), namePrint('jansen bv'))
  t.equal(emailPrint(' Kees@A.example'), emailPrint('kees@a.example'))
  t.strictSame(emailPrints(['a@a.example', 'A@a.example', ' ', '']), [emailPrint('a@a.example')])
  t.not(namePrint('Jansen BV'), namePrint('Jansen VOF'))
  t.match(fingerprint('kees'), /^[0-9a-f]{32}$/)
})

t.test('what is missing has none', async t => {
  t.strictSame([fingerprint(''), namePrint(null), emailPrint(' '), refPrint('')], ['', '', '', ''])
})
