// Wat mensen lezen, in het Nederlands. The same as en.ts, in Dutch.

import type { Words } from './en.ts'
import { codes } from './nl-codes.ts'
import { invoices } from './nl-count.ts'
import { duration } from './nl-duration.ts'
import { events } from './nl-events.ts'
import { healthWords } from './nl-health.ts'
import { invoiceWords } from './nl-invoice.ts'
import { mailWords } from './nl-mail.ts'
import { placeWords } from './nl-places.ts'
import { statusWords } from './nl-status.ts'

export const nl: Words = {
  locale: 'nl-NL',
  language: 'Nederlands',
  codes,
  duration,
  events,
  invoices,
  ...healthWords,
  ...invoiceWords,
  ...mailWords,
  ...placeWords,
  ...statusWords,

  nav: {
    skip: 'Naar de inhoud',
    main: 'Pagina’s',
    overview: 'Overzicht',
    invoices: 'Facturen',
    customers: 'Klanten',
    refused: 'Geweigerd',
    tools: 'Koppelingen',
    portal: 'Portaal',
    logOut: 'Uitloggen',
    readOnly: 'mag alleen kijken',
    otherLanguage: 'English',
    live: 'Deze pagina werkt zichzelf bij.'
  },

  states: {
    waiting: 'onderweg',
    sending: 'wordt verstuurd',
    delivered: 'in het portaal',
    held: 'wacht op jou',
    dismissed: 'niet verstuurd'
  },

  login: {
    title: 'Inloggen',
    name: 'Je naam',
    nameHint: 'Vul je hem in, dan komt wat je doet onder deze naam in de geschiedenis te staan.',
    token: 'Toegangscode',
    tokenHint: 'Dit is de OPERATOR_TOKEN uit de instellingen van de brug.',
    submit: 'Inloggen',
    wrong: 'Deze toegangscode klopt niet. Kopieer hem opnieuw, zonder spaties.',
    locked: minutes =>
      `Vanaf dit adres is te vaak een verkeerde code ingevuld. Probeer het over ${minutes === 1 ? 'een minuut' : `${minutes} minuten`} opnieuw.`,
    expired: 'Na twaalf uur ben je uitgelogd. Log opnieuw in; wat je net wilde doen, gebeurt dan meteen.',
    fileAgain: 'Na twaalf uur ben je uitgelogd. Log opnieuw in en kies het bestand daarna nog een keer.',
    again: 'Dit formulier was verlopen. Log nog een keer in.'
  },

  errors: {
    title: 'Dat is niet gelukt',
    notFound: 'Op dit adres staat niets.',
    noInvoice: number => `Er is geen factuur ${number}.`,
    unavailable: 'De administratie van de brug is even niet bereikbaar',
    unavailableHint:
      'Er gaat niets verloren: verzenders proberen het vanzelf opnieuw. Deze pagina kijkt elke vijf seconden opnieuw. Duurt het lang, kijk dan of de schijf vol is en wat er in het logboek staat.',
    unexpected: 'Er ging iets stuk wat niet stuk had mogen gaan',
    unexpectedHint: id => `De oorzaak staat in het logboek bij verzoek ${id}.`,
    readOnly:
      'Je bent ingelogd met de code waarmee je alleen mag kijken. Log in met de OPERATOR_TOKEN om dit te kunnen doen.',
    stale:
      'Dit formulier stond te lang open, of in een ander venster. Ga terug, ververs de pagina en probeer het opnieuw.',
    fields: 'Dit klopt niet:',
    changed:
      'Iemand anders, of de brug zelf, was je voor: zo staat de factuur er nu voor. Je opdracht is niet uitgevoerd.',
    portal: 'Het portaal of de koppeling reageert nu niet. Probeer het over een minuut opnieuw.',
    backTo: place => `Terug naar ${place}`,
    back: 'Terug naar het overzicht'
  },

  overview: {
    title: 'Overzicht',
    needsYou: count => (count === 1 ? '1 factuur wacht op jou.' : `${count} facturen wachten op jou.`),
    allThere: 'Alles staat in het portaal.',
    monthThere: count =>
      count === 1
        ? 'De enige factuur van deze maand staat in het portaal.'
        : count === 2
          ? 'Beide facturen van deze maand staan in het portaal.'
          : `Alle ${count} facturen van deze maand staan in het portaal.`,
    onTheWay: count => (count === 1 ? '1 factuur is onderweg.' : `${count} facturen zijn onderweg.`),
    tokenRefused: 'Het portaal weigert de sleutel: er wordt niets verstuurd.',
    portalDown: 'Het portaal reageert niet: alles wacht.',
    reading: 'Het portaal wordt voor het eerst ingelezen.',
    nothingYet: 'Er is nog geen factuur binnengekomen.',
    review: 'Controle staat aan',
    reviewHint: 'Elke factuur wacht op je akkoord voordat er iets wordt verstuurd.',
    live: 'Alles gaat vanzelf',
    liveHint: 'Facturen gaan zonder tussenkomst naar het portaal.',
    sinceDate: date => `sinds ${date}`,
    attention: 'Wat op jou wacht',
    nothing: 'Er wacht niets op jou.',
    look: 'Bekijken',
    all: count => `Alle ${count} bekijken`,
    warnings: 'Waar de brug voor waarschuwt',
    waiting: 'Onderweg',
    waitingNow: (count, minutes) =>
      `${count === 1 ? '1 factuur wacht' : `${count} facturen wachten`}; in het tempo van het portaal duurt dat ${minutes === 1 ? 'een minuut' : `${minutes} minuten`}.`,
    sendingNow: count =>
      count === 1
        ? 'Er wordt er 1 verstuurd, of het antwoord raakte zoek en de brug kijkt in het portaal of hij er staat.'
        : `Er worden er ${count} verstuurd, of de antwoorden raakten zoek en de brug kijkt in het portaal of ze er staan.`,
    noneWaiting: 'Er is niets onderweg.',
    delivered: 'Afgeleverd in dertig dagen',
    chart: count => `Afgeleverde facturen per dag in de afgelopen dertig dagen, samen ${count}`,
    perDay: (count, date) => `${date}: ${invoices(count)}`,
    median: (count, time) => `${count === 1 ? 'Hij' : 'De helft'} stond binnen ${time} na binnenkomst in het portaal.`,
    total: count => `${invoices(count)} in totaal.`,
    noneDelivered: 'In de afgelopen dertig dagen is er niets afgeleverd.',
    tools: 'Waar facturen vandaan komen',
    portal: 'Het portaal'
  },

  checklist: {
    title: 'Voor de eerste factuur',
    done: 'klaar',
    todo: 'nog te doen',
    settings: 'De instellingen zijn compleet',
    settingsHint: 'De brug draait, dus dat is in orde.',
    portal: 'Het portaal is ingelezen',
    portalHint: 'De brug leest één keer wat er al in het portaal staat. Daarna begint het afleveren.',
    tool: 'Er is een boekhoudpakket of een eigen flow gekoppeld',
    toolHint: 'Vul daar dit adres in, als adres van de webhook:',
    asked: 'hier hoef je niets in te vullen, de brug vraagt zelf',
    test: 'Er is een test of een eerste factuur binnengekomen',
    testHint:
      'Verstuur er een vanuit je pakket, of kies ‘Test versturen’ bij de koppelingen. Die wacht op jou en wordt niet verstuurd.',
    reviewed: 'De eerste factuur is bekeken en verstuurd',
    reviewedHint: 'Vergelijk wat er verstuurd zou worden met je eigen factuur en geef hem vrij.',
    live: 'De controle is uitgezet',
    liveHint: 'Vertrouw je de brug? Zet dan REVIEW=false en start hem opnieuw. Facturen gaan daarna vanzelf.'
  },

  list: {
    title: 'Facturen',
    search: 'Zoeken',
    searchHint: 'Een deel van het nummer, de naam of het e-mailadres.',
    state: 'Stand',
    code: 'Reden',
    tool: 'Afkomstig van',
    any: 'alle',
    since: 'Binnengekomen vanaf',
    until: 'Binnengekomen tot en met',
    filter: 'Tonen',
    clear: 'Alles tonen',
    more: 'Meer filters',
    number: 'Nummer',
    customer: 'Klant',
    amount: 'Bedrag',
    issued: 'Factuurdatum',
    none: 'Er zijn geen facturen die hieraan voldoen.',
    newest: 'Nieuwste eerst',
    next: 'Oudere facturen',
    first: 'Terug naar de nieuwste',
    hidden: 'verborgen',
    showPersonal: 'Namen tonen',
    hidePersonal: 'Namen verbergen',
    actTitle: 'Alles wat hieraan voldoet',
    actHint: 'Je ziet eerst om hoeveel facturen het gaat en wat er gebeurt.',
    deliverAll: 'Allemaal versturen…',
    dismissAll: 'Allemaal niet versturen…'
  },

  bulk: {
    deliverTitle: count => `${invoices(count)} naar het portaal versturen?`,
    dismissTitle: count => `${invoices(count)} niet versturen?`,
    deliverHint:
      'Ze wachten op controle en gaan naar het portaal zoals ze zijn getoond. Aan andere redenen waarom een factuur wacht, verandert niets.',
    dismissHint: 'Ze worden terzijde gelegd. Dat kun je later per factuur terugdraaien.',
    leftOut: count =>
      count === 1
        ? 'Nog 1 factuur voldoet, maar blijft erbuiten: daarover moet je apart beslissen, of hij is al eens verstuurd.'
        : `Nog ${count} facturen voldoen, maar blijven erbuiten: daarover moet je apart beslissen, of ze zijn al eens verstuurd.`,
    none: 'Er is geen factuur bij waarvoor dit in één keer kan.',
    deliver: count => `Ja, ${invoices(count)} versturen`,
    dismiss: count => `Ja, ${invoices(count)} terzijde leggen`,
    cancel: 'Nee, terug naar de lijst',
    back: 'Terug naar de lijst',
    delivered: count => `${count === 1 ? '1 factuur gaat' : `${count} facturen gaan`} nu naar het portaal.`,
    dismissed: count => `${count === 1 ? '1 factuur is' : `${count} facturen zijn`} terzijde gelegd.`,
    changed: count =>
      `Intussen voldoen er andere facturen: het zijn er nu ${count}. Er is niets gebeurd; kijk nog een keer.`
  }
}
