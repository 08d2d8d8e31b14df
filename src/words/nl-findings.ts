// Wat `factuurbrug check` vindt, en wat er misgaat bij het vragen, in het Nederlands.

export const findings: [english: string, dutch: string][] = [
  ['settings', 'instellingen'],
  ['tools', 'koppelingen'],
  ['tool {word}', 'koppeling {}'],
  ['public address', 'openbaar adres'],
  ['ledger', 'administratie'],
  ['portal', 'portaal'],
  ['list', 'lijst'],
  ['customers', 'klanten'],
  ['clock', 'klok'],
  ['PDF addresses', 'adressen van pdf’s'],
  ['API token', 'API-token'],
  ['API key', 'API-sleutel'],
  ['invoice', 'factuur'],
  ['last invoice', 'laatste factuur'],
  ['PDF', 'pdf'],
  ['event log', 'logboek'],
  ['login', 'inloggen'],
  ['folders', 'mappen'],
  ['newest mail', 'nieuwste mail'],
  ['proof', 'bewijs'],
  ['webhook', 'webhook'],

  ['all are right; {}', 'alles klopt; {}'],
  ['{word} is not a setting; did you mean {word}? {}', '{} bestaat niet; bedoel je {}? {}'],
  ['mode: {}', '{}'],
  ['review, nothing is sent by itself', 'de controle staat aan, niets wordt vanzelf verstuurd'],
  ['live', 'de controle staat uit, facturen gaan vanzelf'],
  [
    'none is set up; the generic intake needs INTAKE_SECRET',
    'er is er geen ingesteld; voor een eigen koppeling is INTAKE_SECRET nodig'
  ],
  ['on; its webhooks go to {}', 'aan; webhooks gaan naar {}'],
  ['on; the bridge asks it', 'aan; de brug vraagt zelf'],
  [
    'brings what {} may bring, too: equal facts are a duplicate, others are held',
    'brengt ook wat {} kan brengen: dezelfde gegevens tellen als dubbel, andere wachten op jou'
  ],
  [
    '{word} is not set: set {}, then run `factuurbrug connect {}`',
    '{} ontbreekt: stel {} in en geef de opdracht `factuurbrug connect {}`'
  ],
  ['its API token', 'het API-token'],
  ['{} cannot reach {word}: {sentence}', '{} kan {} niet bereiken: {}'],
  [
    'set PUBLIC_URL to the https address at which the internet reaches the bridge',
    'stel PUBLIC_URL in op het https-adres waarop de brug vanaf internet te bereiken is'
  ],
  [
    'PUBLIC_URL is not https: secrets and invoices would travel in the clear',
    'PUBLIC_URL is niet https: geheimen en facturen zouden voor iedereen leesbaar zijn'
  ],
  ['the database at {word} can be used; {sentence}', 'de database op {} is bruikbaar; {}'],
  ['only {sentence}', 'nog maar {}'],
  ['{word} MB free in {}', '{} MB vrij in {}'],
  [
    '{word} takes the token, {sentence}; read only: creating is not tried',
    '{} neemt de sleutel aan, {}; er is alleen gelezen, niet geprobeerd te maken'
  ],
  ['{word} invoices on its first page', '{} facturen op de eerste pagina'],
  ['{sentence}: reading needs the scope {}', '{}: om te lezen is het recht {} nodig'],
  [
    'no invoice on its first page has a number: none could be found again',
    'geen factuur op de eerste pagina heeft een nummer: er zou er geen terug te vinden zijn'
  ],
  [
    'its second page repeats the first: whatever comes after it could not be found',
    'de tweede pagina is weer de eerste: wat daarna komt, zou niet te vinden zijn'
  ],
  [
    'the portal links none of {} to a bookkeeping program itself',
    'het portaal koppelt geen van de {} zelf aan een boekhoudpakket'
  ],
  [
    'the portal links {} of {} to a bookkeeping program itself: {sentence}',
    'het portaal koppelt er {} van de {} zelf aan een boekhoudpakket: {}'
  ],
  [
    'their invoices may come in twice: let only one of the two bring them',
    'hun facturen kunnen dubbel binnenkomen; laat maar een van de twee ze brengen'
  ],
  ['the first {word}', 'eerste {}'],
  [
    'the portal does not send its time, so it was not compared',
    'het portaal vertelt niet hoe laat het is, dus er is niet vergeleken'
  ],
  ['{sentence}; set the clock', '{}; zet de klok gelijk'],
  ['{word} s {} the portal', '{} s {} het portaal'],
  ['behind', 'achter op'],
  ['ahead of', 'voor op'],
  ['{sentence}; try one with --pdf <url>', '{}; probeer er een met --pdf <url>'],
  ['{sentence}; this one is a PDF of {} bytes', '{}; dit is een pdf van {} bytes'],
  [
    'any address is fetched, private ones too (ALLOW_PRIVATE_ADDRESSES)',
    'elk adres wordt opgehaald, ook in een besloten netwerk (ALLOW_PRIVATE_ADDRESSES)'
  ],
  ['only public https addresses are fetched', 'alleen openbare https-adressen worden opgehaald'],

  ['run `factuurbrug connect {word}`, or see {}', 'geef de opdracht `factuurbrug connect {}`, of zie {}'],
  ['run `factuurbrug connect {word}`', 'geef de opdracht `factuurbrug connect {}`'],
  ['none is registered for {word}', 'er is er geen aangemeld voor {}'],
  ['none is registered at {word}', 'er is er geen aangemeld op {}'],
  ['none for {word} is registered at {word}', 'voor {} is er geen aangemeld op {}'],
  ['registered, but {word} is not set: copy it from {}', 'aangemeld, maar {} ontbreekt: kopieer hem uit {}'],
  ['registered, but {word} is not set', 'aangemeld, maar {} ontbreekt'],
  ['registered and enabled', 'aangemeld en ingeschakeld'],
  ['registered and switched on; nothing was sent yet', 'aangemeld en ingeschakeld; er is nog niets verstuurd'],
  ['registered and switched on; we last answered {}', 'aangemeld en ingeschakeld; de brug antwoordde het laatst {}'],
  ['registered and switched on', 'aangemeld en ingeschakeld'],
  [
    'the one for {word} is switched off, as happens after several failures in a row',
    'die voor {} is uitgeschakeld, zoals na een paar mislukkingen op rij'
  ],
  ['it is switched off', 'hij is uitgeschakeld'],
  ['it was switched off', 'hij was uitgeschakeld'],
  ['it was disabled', 'hij was uitgeschakeld'],
  ['{word} had blocked it', '{} had hem geblokkeerd'],
  ['it led to {}', 'hij leidde naar {}'],
  ['another address', 'een ander adres'],
  ['it sends other events than the bridge takes', 'hij stuurt andere berichten dan de brug aanneemt'],
  ['it sent other events than the bridge takes', 'hij stuurde andere berichten dan de brug aanneemt'],
  ['it did not send all events', 'hij stuurde niet alle berichten'],
  [
    'not looked at, as an API key sees none: look under {}',
    'niet bekeken, want een API-sleutel ziet er geen: kijk zelf onder {}'
  ],
  ['not looked at: no invoice could be read', 'niet bekeken: er was geen factuur te lezen'],

  ['reads the invoices of the administration', 'leest de facturen van de administratie'],
  ['reads the invoices of the company', 'leest de facturen van het bedrijf'],
  ['reads the invoices, from this address', 'leest de facturen, vanaf dit adres'],
  ['reads the orders of the shop', 'leest de bestellingen van de winkel'],
  ['reads the sales invoices', 'leest de verkoopfacturen'],
  ['{word} and its relation can be read', '{} en de relatie zijn te lezen'],
  ['{word} can be read', '{} is te lezen'],
  ['can be read', 'te lezen'],
  ['cannot be read: {}', 'niet te lezen: {}'],
  ['cannot be read', 'niet te lezen'],
  ['can be fetched', 'op te halen'],
  ['{word} is listed, but not held', '{} staat in de lijst, maar bestaat niet'],
  [
    'there is none yet: mail an invoice to it, and run this again',
    'er is er nog geen: mail er een factuur heen en controleer opnieuw'
  ],
  ['there is none yet', 'er is er nog geen'],
  ['there is none that was sent and not paid', 'er is er geen die verstuurd is en nog niet betaald'],
  ['there is no final one yet', 'er is nog geen definitieve'],
  ['there is no published one yet', 'er is er nog geen gepubliceerd'],
  ['none of the first in the list is final', 'onder de eerste van de lijst is geen definitieve'],
  ['the first has no number or no PDF yet', 'de eerste heeft nog geen nummer of geen pdf'],
  ['there is no order yet', 'er is nog geen bestelling'],
  [
    'none of the last {} orders has one: the plugin makes them when the customer is mailed, or when asked',
    'geen van de laatste {} bestellingen heeft er een: de plugin maakt ze als de klant gemaild wordt, of als je erom vraagt'
  ],
  ['the order has no key that opens it', 'de bestelling heeft geen sleutel die hem opent'],
  ['opens with the key of its order', 'gaat open met de sleutel van de bestelling'],
  [
    'the shop shows a page instead: set {word} > PDF Invoices > Advanced > Document link access type to Full; a firewall may also keep data centres out',
    'de winkel toont een pagina in plaats daarvan: zet {} > PDF Invoices > Advanced > Document link access type op Full; misschien houdt een firewall datacentra tegen'
  ],
  ['its address answers 404', 'het adres antwoordt 404'],
  ['its address answers with {}', 'het adres antwoordt met {}'],
  ['a page', 'een pagina'],
  ['its address answers', 'het adres antwoordt'],
  ['comes with the answer', 'komt met het antwoord mee'],
  ['is not a PDF', 'is geen pdf'],
  ['{word} answers with a link to it', '{} antwoordt met een link'],
  ['{word} gives no link to it', '{} geeft geen link'],
  ['{word} answers with one', '{} antwoordt met een pdf'],
  ['{word} answers without a PDF', '{} antwoordt zonder pdf'],
  ['{word} has not made it yet', '{} heeft hem nog niet gemaakt'],
  ['{word} gives its address; it is not fetched here', '{} noemt het adres; hier wordt hij niet opgehaald'],

  ['takes EMAIL_USER', 'neemt EMAIL_USER aan'],
  [
    'EMAIL_USER may only read {}: let it move mails out of it, too',
    'EMAIL_USER mag {} alleen lezen: laat hem er ook mails uit verplaatsen'
  ],
  ['there is no {}: set EMAIL_FOLDER to one of {}', 'er is geen {}: stel EMAIL_FOLDER in op een van {}'],
  [
    '{} is read, then mails go to {} or {}; {} will be made',
    '{} wordt gelezen, daarna gaan mails naar {} of {}; nog te maken: {}'
  ],
  ['{} is read, then mails go to {} or {}', '{} wordt gelezen, daarna gaan mails naar {} of {}'],
  ['{} is read, then mails go to {}', '{} wordt gelezen, daarna gaan mails naar {}'],
  ['in {}: {sentence}', 'in {}: {}'],
  ['it brings {}, {} a PDF', 'hij brengt {}, {} pdf'],
  ['with', 'met'],
  ['without', 'zonder'],
  ['it is {sentence}', 'het is {}'],
  ['a mail without an invoice', 'een mail zonder factuur'],
  [
    'a mail that is not proven, and brings no file that can be looked at',
    'een mail die niet bewezen echt is, zonder bestand dat te bekijken is'
  ],
  ['it would be held. {}', 'hij zou op jou wachten. {}'],
  [
    'only EMAIL_SUPPLIER_ID, which is no secret: anybody may mail an invoice in your name. Set EMAIL_ADDRESS',
    'alleen EMAIL_SUPPLIER_ID, en dat is geen geheim: iedereen kan in jouw naam een factuur mailen. Stel EMAIL_ADDRESS in'
  ],
  ['what a mail has to match: {}', 'waaraan een mail moet voldoen: {}'],

  ['{word} is not set', '{} ontbreekt'],
  ['{word} refuses {} ({word}): {}', '{} weigert {} ({}): {}'],
  ['{word} refuses {} ({word})', '{} weigert {} ({})'],
  ['the request', 'het verzoek'],
  ['this needs {sentence}', 'daarvoor is nodig: {}'],
  ['the permission {word}', 'het recht {}'],
  ['the scope {word}', 'het recht {}'],
  ['read rights on {word}', 'leesrechten op {}'],
  ['write rights on Webhook Endpoints', 'schrijfrechten op Webhook Endpoints'],
  ['more rights', 'meer rechten'],
  ['a key that may {sentence}', 'een sleutel die mag {}'],
  ['read and write', 'lezen en schrijven'],
  ['read', 'lezen'],
  [
    'the right to read sales invoices, and another subscription than Gratis',
    'het recht om verkoopfacturen te lezen, en een ander abonnement dan Gratis'
  ],
  ['{word} does not answer ({})', '{} reageert niet ({})'],
  [
    '{word} is not asked, because {}; http: and private addresses need ALLOW_PRIVATE_ADDRESSES=true',
    '{} wordt niet bevraagd, want {}; voor http: en adressen in een besloten netwerk is ALLOW_PRIVATE_ADDRESSES=true nodig'
  ],
  ['a bug, look at the log', 'een fout in de brug, kijk in het logboek'],
  ['{word} does not make the folder {}: {}', '{} maakt de map {} niet: {}'],
  ['{word} does not open {}: {}', '{} opent {} niet: {}'],
  [
    '{word} lets EMAIL_USER only read EMAIL_FOLDER, and move nothing',
    '{} laat EMAIL_USER in EMAIL_FOLDER alleen lezen en niets verplaatsen'
  ],
  ['{word} refuses EMAIL_USER with its password or token', '{} weigert EMAIL_USER met het wachtwoord of token'],
  ['the portal answered {word}', 'het portaal antwoordde {}'],
  ['something other than the portal answered {word}', 'iets anders dan het portaal antwoordde {}'],
  ["the portal's answer cannot be read: {}", 'het antwoord van het portaal is niet te lezen: {}'],
  ["the portal's list has no end after {word} pages", 'de lijst van het portaal heeft na {} pagina’s geen einde'],
  ["the portal's list cannot be read: {}", 'de lijst van het portaal is niet te lezen: {}'],
  [
    "the portal's list lacks {word}, although the portal shows it when asked for it",
    'in de lijst van het portaal ontbreekt {}, die het portaal wel heeft als ernaar gevraagd wordt'
  ],
  [
    "the portal's list lacks {word}, and the portal does not say whether it is there: {}",
    'in de lijst van het portaal ontbreekt {}, en het portaal zegt niet of die er is: {}'
  ],
  [
    'the portal does not answer for single invoices: {}',
    'het portaal antwoordt niet als er naar één factuur gevraagd wordt: {}'
  ],
  [
    "the portal's list lacks more than {word} invoices that are known to be there",
    'in de lijst van het portaal ontbreken meer dan {} facturen die er wel zijn'
  ],
  ['its entries have no invoice number', 'er staan geen factuurnummers in'],
  ['page {word} shows only what other pages have shown', 'pagina {} toont alleen wat al op andere pagina’s stond'],
  [
    'the portal does not yet show {word}, which was delivered just now',
    'het portaal toont {} nog niet, terwijl hij net is afgeleverd'
  ],
  ['no answer within {word} ms', 'geen antwoord binnen {} ms'],
  ['the connection was not made in time', 'er kwam niet op tijd een verbinding tot stand'],
  ['the connection was closed before the request', 'de verbinding werd vóór het verzoek verbroken'],
  [
    '{word} ({word}; the sandbox may not be running: `npm run sandbox` starts it)',
    '{} ({}; misschien draait de zandbak niet: `npm run sandbox` start die)'
  ],
  ['the portal asks for a pause', 'het portaal vraagt om een pauze'],
  ['the portal holds none of {}', 'het portaal heeft niets van {}'],
  ['the portal answered {word}, but not with an id', 'het portaal antwoordde {}, maar zonder kenmerk'],
  ['the portal was asked for {word} and answered with {}', 'het portaal werd gevraagd naar {} en antwoordde met {}'],
  ['the portal was to change {word} and answered with {word}', 'het portaal moest {} wijzigen en antwoordde met {}'],
  ['the portal answered {word}, and the reason was cut off', 'het portaal antwoordde {}, en de reden werd afgebroken'],
  ['it was cut off', 'het werd afgebroken'],
  ['not JSON', 'geen JSON'],
  ['not an object', 'geen object'],
  ['the id is empty', 'het kenmerk is leeg'],
  ['the list has more than {word} pages', 'de lijst heeft meer dan {} pagina’s'],
  ['the list keeps changing while it is read', 'de lijst verandert steeds'],
  ['the list of customers keeps changing while it is read', 'de lijst van klanten verandert steeds'],
  [
    'it lacks many customers that were there, and not all of them are gone',
    'er ontbreken veel klanten die er wel stonden, en ze zijn niet allemaal weg'
  ],
  ['an invoice cannot be read: {}', 'een factuur is niet te lezen: {}'],
  ['an order cannot be read: {}', 'een bestelling is niet te lezen: {}'],
  ['a relation cannot be read', 'een relatie is niet te lezen'],
  ['{word} has no API to ask, or its token is not set', '{} heeft geen API om te vragen, of het token ontbreekt'],
  ['the bridge is stopping', 'de brug stopt'],
  ['nobody has asked {word} since the bridge started', 'sinds de start van de brug is {} nog niet gevraagd'],
  [
    'not found in time: {word} cannot look up a number, so fetch it by its id',
    'niet op tijd gevonden: {} is niet op nummer te vragen, haal hem op met zijn kenmerk'
  ],
  [
    '{word} has shut out this address (403): the bridge asks nothing for an hour',
    '{} heeft dit adres buitengesloten (403): een uur lang wordt er niets gevraagd'
  ],
  ['{word} refuses {word}, or the address of this machine: {}', '{} weigert {}, of het adres van deze machine: {}'],
  ['{word} refuses {word}, or the address of this machine', '{} weigert {}, of het adres van deze machine'],
  ['{word} refuses {word}: {}', '{} weigert {}: {}'],
  ['{word} refuses {word}', '{} weigert {}'],
  ['{word} ends the connection', '{} verbreekt de verbinding'],
  ['{word} returns nothing for a mail', '{} geeft niets van een mail'],
  [
    '{word} does not move a mail to {}; is there no room left?',
    '{} verplaatst geen mail naar {}; is er geen ruimte meer?'
  ],
  ['the list of invoices has more than {word} pages', 'de lijst van facturen heeft meer dan {} pagina’s'],
  ['{word} has more than {word} pages', '{} heeft meer dan {} pagina’s'],
  [
    'the shop answered 404 for all orders: its shop plugin may be switched off',
    'de winkel antwoordde 404 voor alle bestellingen: misschien staat de winkelplugin uit'
  ],
  [
    "{word} answered 404: {word} is not a shop, or is somebody else's",
    '{} antwoordde 404: {} is geen winkel, of die van een ander'
  ],
  ["{word} answered 404: {word} is somebody else's, or wrong", '{} antwoordde 404: {} is van een ander, of klopt niet'],
  [
    '{word} answered with an empty page that is not the last',
    '{} antwoordde met een lege pagina die niet de laatste is'
  ],
  ['{word} answered without a list', '{} antwoordde zonder lijst'],
  ['{word} answered with an error: {}', '{} antwoordde met een fout: {}'],
  ['{word} answered with an error', '{} antwoordde met een fout'],
  ['{word} answered {word}, without a status', '{} antwoordde {}, zonder status'],
  ['{word} answered {word}, without an id', '{} antwoordde {}, zonder kenmerk'],
  ['{word} answered {word}, without JSON', '{} antwoordde {}, zonder JSON'],
  ['{word} answered {word} without a session', '{} antwoordde {}, zonder sessie'],
  ['{word} answered {word} without an access token', '{} antwoordde {}, zonder toegangstoken'],
  ['{word} answered {word}, without a list', '{} antwoordde {}, zonder lijst'],
  ['{word} answered {word} without a list', '{} antwoordde {} zonder lijst'],
  ['{word} answered {word} without an invoice', '{} antwoordde {} zonder factuur'],
  ['{word} answered {word} {word}', '{} antwoordde {} {}'],
  ['{word} answered {word}', '{} antwoordde {}'],
  ['it says: {}', 'het zegt: {}']
]
