// Wat er over de gezondheid van de brug te zeggen is. The same as en-health.ts, in Dutch.

import type { healthWords as english } from './en-health.ts'
import { duration } from './nl-duration.ts'

const clock = 'controleer de klok van deze computer'

export const healthWords: typeof english = {
  health: {
    eventsNotKept: () =>
      'er kan niets bewaard worden: kijk of er ruimte is in DATA_DIR, of de database werkt, en in het logboek',
    bug: () => 'door een fout in de brug is niet te zeggen hoe het ermee staat: kijk in het logboek',
    clockAhead: seconds =>
      `de klok van deze computer, of van PostgreSQL, sprong ${duration(seconds)} vooruit: zet hem gelijk`,
    clockBack: seconds =>
      `de klok van deze computer, of van PostgreSQL, sprong ${duration(seconds)} terug: zet hem gelijk`,
    uncounted: cause =>
      `er wordt niets afgeleverd: ledger.sqlite.sent in DATA_DIR is niet te beschrijven (${cause}); kijk van wie dat bestand is, en of er ruimte is`,
    workerStill: () => 'het versturen staat stil: start de brug opnieuw',
    oldest: seconds => `de oudste al ${duration(seconds)}`,
    oldestAhead: seconds => `de oudste heeft een tijd die ${duration(seconds)} vooruit ligt: ${clock}`,
    needPerson: () => 'hierover moet iemand beslissen',
    portalRefuses: () => 'het portaal weigert PORTAL_TOKEN: maak daar een nieuwe sleutel',
    portalDown: seconds => `het portaal reageert al ${duration(seconds)} niet`,
    mailWaits: seconds =>
      `mail aan ALERT_EMAIL is al ${duration(seconds)} niet te versturen: controleer SMTP_URL en kijk in het logboek`,
    alike: (numbers, more) =>
      `${numbers}${more > 0 ? ` en nog ${more}` : ''}: staat naast een nummer dat er alleen anders uitziet; kijk in het portaal of er een factuur dubbel staat`,
    readingFailed: (problem, seconds) => `het portaal is niet in te lezen, al ${duration(seconds)}: ${problem}`,
    readingUnclear: (problem, seconds) =>
      `op de lijst van het portaal valt niet te bouwen, al ${duration(seconds)}: ${problem}. Wat onzeker is, wacht`,
    firstReading: () => 'het portaal wordt voor het eerst ingelezen; daarna begint het afleveren',
    firstReadingStill: seconds => `het eerste inlezen staat al ${duration(seconds)} stil`,
    read: seconds => `het portaal is ${duration(seconds)} geleden voor het laatst ingelezen`,
    readAhead: seconds =>
      `het portaal zou voor het laatst ingelezen zijn op een tijd die ${duration(seconds)} vooruit ligt: ${clock}`,
    readWhole: seconds => `het portaal is ${duration(seconds)} geleden voor het laatst helemaal ingelezen`,
    readWholeAhead: seconds =>
      `het portaal zou voor het laatst helemaal ingelezen zijn op een tijd die ${duration(seconds)} vooruit ligt: ${clock}`,
    backlog: minutes => `wat wacht, duurt ongeveer ${minutes} ${minutes === 1 ? 'minuut' : 'minuten'}`,
    noTool: () => 'er is geen koppeling ingesteld: vul INTAKE_SECRET in',
    secretMissing: variable => `het geheim voor webhooks ontbreekt: ${variable}`,
    toolRefuses: problem => `weigert zijn sleutel: maak daar een nieuwe. ${problem}`,
    notAsked: problem => `navragen lukte niet: ${problem}`,
    asked: (seconds, problem) => `${duration(seconds)} geleden voor het laatst nagevraagd${because(problem)}`,
    askedAhead: (seconds, problem) =>
      `zou voor het laatst nagevraagd zijn op een tijd die ${duration(seconds)} vooruit ligt: ${clock}${because(problem)}`,
    unproven: (requests, causes, last) =>
      `${requests} ${requests === 1 ? 'verzoek' : 'verzoeken'} geweigerd (${causes}), het laatst op ${last}`.replace(
        'NOT_AUTHENTIC',
        'verkeerd geheim?'
      ),
    unreadable: (requests, reasons, since, last) =>
      `${requests === 1 ? '1 echt verzoek' : `${requests} echte verzoeken`} geweigerd sinds ${since}, het laatst op ${last} (${reasons}): verbeter het bij de verzender en verstuur het opnieuw`,
    guessing: clients =>
      `iemand raadt naar OPERATOR_TOKEN: ${clients === 1 ? '1 adres is' : `${clients} adressen zijn`} buitengesloten; in het logboek staat welke`,
    strangers: () =>
      'onbewezen verzoeken nemen alle plaatsen in, dus verzenders moeten misschien wachten: kijk wie ze verstuurt. Achter een proxy houdt TRUST_PROXY_HEADER afzenders uit elkaar'
  }
}

const because = (problem: string): string => (problem === '' ? '' : ` (${problem})`)
