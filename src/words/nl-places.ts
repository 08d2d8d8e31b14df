// De andere pagina's. The same as en-places.ts, in Dutch.

import type { PlaceWords } from './en-places.ts'
import { invoices } from './nl-count.ts'

export const placeWords: PlaceWords = {
  refused: {
    title: 'Geweigerde verzoeken',
    hint: 'Wat binnenkwam en niet is bewaard: echt maar onleesbaar, of niet bewezen afkomstig van je pakket. De inhoud wordt nooit bewaard.',
    none: 'Er is niets geweigerd.',
    noneFound: 'Er is niets geweigerd waarin dit nummer te lezen was.',
    authentic: 'Echt, maar onleesbaar',
    unproven: 'Niet bewezen',
    at: 'Tijd',
    tool: 'Voor',
    client: 'Vanaf',
    why: 'Waarom',
    times: 'Aantal keer',
    fields: 'Velden',
    older: 'Oudere'
  },

  customers: {
    title: 'Klanten',
    hint: 'Welke klant uit je pakket welke klant in het portaal is.',
    needLink: 'Deze moeten eerst gekoppeld worden',
    none: 'Er is geen klant die gekoppeld moet worden.',
    noneLinked: 'Er is nog geen klant gekoppeld.',
    noneSearched: 'Er is geen klant die hieraan voldoet.',
    linked: 'Gekoppeld',
    all: 'Allemaal',
    withoutLink: 'Niet gekoppeld',
    search: 'Zoeken',
    tool: 'Afkomstig van',
    reference: 'Kenmerk',
    candidates: 'Misschien',
    link: name => `Koppelen aan ${name}`,
    unlink: 'Koppeling verwijderen',
    unlinked: (name, at) => `Koppeling met ${name} verwijderd, ${at}`,
    unlinkHint: 'Volgende facturen van deze klant wachten dan weer op jou.',
    portalCustomer: 'In het portaal',
    how: {
      person: 'met de hand gekoppeld',
      email: 'via het e-mailadres',
      created: 'aangemaakt door de brug'
    },
    exportCsv: 'Alle koppelingen opslaan als CSV',
    importCsv: 'Koppelingen inlezen uit een CSV-bestand',
    importHint: 'Kolommen: tool, ref, portalId. Is er één regel fout, dan wordt niets van het bestand overgenomen.',
    file: 'CSV-bestand',
    import: 'Inlezen',
    imported: count => (count === 1 ? '1 koppeling ingelezen.' : `${count} koppelingen ingelezen.`),
    next: 'Meer klanten',
    choose: 'Een andere klant kiezen',
    chooseFirst: 'De klant kiezen',
    who: 'Wie is dit in het portaal?',
    noneFound: 'In het portaal staat geen klant met deze naam.'
  },

  tools: {
    title: 'Koppelingen',
    failed: 'Dat is niet gevonden.',
    own: 'Eigen koppeling',
    on: 'aan',
    off: 'niet ingesteld',
    others: count => `Andere die je kunt koppelen (${count})`,
    othersHint: 'Wie de brug beheert, vult in wat er ontbreekt. De handleiding zegt per pakket hoe.',
    address: 'Adres voor webhooks',
    addressHint: 'Vul dit in bij je pakket of in je flow.',
    secretMissing: name =>
      `${name} ontbreekt: van webhooks is niet te bewijzen dat ze echt zijn, dus wat ze brengen wordt niet bewaard.`,
    settings: 'Instellingen',
    present: 'ingevuld',
    missing: 'niet ingevuld',
    lastEvent: 'Laatste factuur',
    never: 'nog geen',
    lastAsked: 'Voor het laatst nagevraagd',
    catchUp: 'Navragen wat er gemist is',
    catchUpHint: 'Vraagt het pakket om elke factuur sinds deze datum, ook van voordat de brug begon.',
    since: 'sinds',
    ask: 'Nu navragen',
    found: (accepted, duplicate) =>
      `${accepted === 0 ? 'Niets nieuws' : `${invoices(accepted)} nieuw`}; ${duplicate} al bekend.`,
    foundMore: (conflict, unreadable) =>
      [
        conflict > 0 ? `${conflict} met andere gegevens dan eerst` : '',
        unreadable > 0 ? `${unreadable} niet te lezen` : ''
      ]
        .filter(Boolean)
        .join('; '),
    running: 'Het navragen is nog bezig. Tot nu toe:',
    how: 'Hoe het ermee staat',
    fetch: 'Eén factuur opnieuw ophalen',
    fetchLabel: 'factuurnummer, of kenmerk in het pakket',
    fetchDo: 'Ophalen',
    check: 'Verbinding controleren',
    test: 'Test versturen',
    testHint:
      'Er komt een voorbeeldfactuur binnen, alsof hij van deze verzender komt. Die wacht op jou en wordt nooit vanzelf verstuurd.'
  },

  portal: {
    title: 'Het portaal',
    address: 'Adres',
    state: 'Verbinding',
    open: 'reageert',
    down: since => `reageert niet sinds ${since}`,
    refused: 'weigert PORTAL_TOKEN: maak een nieuwe sleutel in het portaal, stel die in en start de brug opnieuw',
    token: 'Sleutel',
    budget: 'Verzoeken',
    budgetNow: (taken, perMinute) => `${taken} van ${perMinute} in deze minuut`,
    paused: seconds => `Het portaal vroeg om een pauze van nog ${seconds} seconden.`,
    filling: 'Eerste keer inlezen',
    fillingNow: pages =>
      `${pages === 1 ? '1 pagina' : `${pages} pagina’s`} gelezen; het afleveren begint als alles gelezen is.`,
    read: 'Ingelezen',
    readDone: 'De brug weet wat er in het portaal staat.',
    backlog: 'Achterstand',
    bills: 'Wat het portaal je in rekening brengt',
    billsNone: 'Geen facturen van het portaal.',
    billsShow: 'Vraag ze op bij het portaal',
    billsFailed: 'Het portaal toont zijn eigen facturen nu niet.',
    billsForbidden: 'Het portaal weigert: PORTAL_TOKEN heeft hiervoor het recht businessoperations.read nodig.',
    billsMore: 'Meer facturen',
    billNumber: 'Nummer',
    billIssued: 'Datum',
    billTotal: 'Totaal',
    unpaid: 'niet betaald',
    paid: 'betaald',
    search: 'Zoek in de klanten van het portaal',
    customer: 'Klant',
    city: 'Plaats',
    id: 'Kenmerk'
  },

  warnings: {
    ledger: 'De administratie',
    worker: 'De verwerking',
    waiting: 'Wacht te lang',
    doubt: 'Te lang onzeker',
    attention: 'Wacht op een beslissing',
    portal: 'Het portaal',
    copy: 'Het inlezen van het portaal',
    budget: 'Verzoeken aan het portaal',
    tools: 'Een koppeling',
    unprovenRequests: 'Onbewezen verzoeken',
    numbers: 'Nummers die op elkaar lijken',
    catchUp: 'Het navragen bij een koppeling',
    mail: 'Mail aan jou',
    other: 'De brug'
  }
}
