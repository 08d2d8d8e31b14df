// Wat er mis is met een veld, in het Nederlands. The fields keep the names that a sender has to write.

export const fields: [english: string, dutch: string][] = [
  ['missing; {}', 'ontbreekt; {}'],
  ['unknown; did you mean {word}?', 'onbekend; is {} bedoeld?'],
  ['unknown; known are {}', 'onbekend; bekend zijn {}'],
  ['unknown field', 'onbekend veld'],
  ['given more than once', 'meer dan één keer gegeven'],
  ['expected 1 to {} visible characters, and neither . nor ..', 'verwacht: 1 tot {} zichtbare tekens, en niet . of ..'],
  [
    'expected at most {} characters, none of them a control character',
    'verwacht: hoogstens {} tekens, zonder stuurtekens'
  ],
  ['expected a date such as {}', 'verwacht: een datum zoals {}'],
  ['expected a time such as {}', 'verwacht: een tijdstip zoals {}'],
  ['expected a time', 'verwacht: een tijdstip'],
  [
    'expected an amount such as 121.00, with a dot and at most {} decimals',
    'verwacht: een bedrag zoals 121.00, met een punt en hoogstens {} decimalen'
  ],
  ['two', 'twee'],
  ['three', 'drie'],
  [
    'expected an amount such as {}, with no more decimals than its currency has',
    'verwacht: een bedrag zoals {}, met niet meer decimalen dan de valuta heeft'
  ],
  ['expected an amount such as {}, with its currency', 'verwacht: een bedrag zoals {}, met de valuta'],
  ['expected an amount such as {}', 'verwacht: een bedrag zoals {}'],
  ['expected an amount with at most {} decimals', 'verwacht: een bedrag met hoogstens {} decimalen'],
  ['expected three letters such as EUR', 'verwacht: drie letters, zoals EUR'],
  ['expected two letters such as NL', 'verwacht: twee letters, zoals NL'],
  ['expected a currency such as EUR', 'verwacht: een valuta zoals EUR'],
  ['expected a currency', 'verwacht: een valuta'],
  [
    'expected 2026-11-20T12:00:00Z, 2026-11-20 12:00:00 or 2026-11-20',
    'verwacht: 2026-11-20T12:00:00Z, 2026-11-20 12:00:00 of 2026-11-20'
  ],
  ['expected the id of the portal, cst_…', 'verwacht: het kenmerk in het portaal, cst_…'],
  ["expected the portal's id of a customer, cst_…", 'verwacht: het kenmerk van een klant in het portaal, cst_…'],
  ["expected the tool's own id of its customer", 'verwacht: het kenmerk van de klant in het pakket'],
  [
    "expected the number of the invoice, or the tool's own id of it",
    'verwacht: het factuurnummer, of het kenmerk in het pakket'
  ],
  ['expected an e-mail address, or several with ; between them', 'verwacht: een e-mailadres, of meer met ; ertussen'],
  ['expected true or false', 'verwacht: true of false'],
  [
    'expected an address with https and without a password, at most {} characters',
    'verwacht: een adres met https en zonder wachtwoord, van hoogstens {} tekens'
  ],
  [
    'expected a file in multipart/form-data, or base64 text in JSON',
    'verwacht: een bestand in multipart/form-data, of base64 in JSON'
  ],
  ['expected either pdf or pdfUrl, not both', 'verwacht: pdf of pdfUrl, niet allebei'],
  ['expected pdf or pdfUrl', 'verwacht: pdf of pdfUrl'],
  ['expected a PDF: its bytes do not begin with %PDF-', 'verwacht: een pdf; het bestand begint niet met %PDF-'],
  ['expected one of {}', 'verwacht: een van {}'],
  ['expected base64', 'verwacht: base64'],
  ['expected UTF-8', 'verwacht: UTF-8'],
  ['ref: expected UTF-8: save the table as CSV UTF-8', 'ref: verwacht: UTF-8; bewaar de tabel als CSV UTF-8'],
  ['longer than {} bytes', 'langer dan {} bytes'],
  ['more than {} fields', 'meer dan {} velden'],
  ['more than {} parts', 'meer dan {} delen'],
  ['expected fields with a name of at most {} characters', 'verwacht: veldnamen van hoogstens {} tekens'],
  [
    'expected a field, not a file: the PDF belongs in the field pdf',
    'verwacht: een veld, geen bestand; de pdf hoort in het veld pdf'
  ],
  ['expected no content-transfer-encoding', 'verwacht: geen content-transfer-encoding'],
  ['expected plain text, not JSON', 'verwacht: gewone tekst, geen JSON'],
  ['ends too early: expected the closing boundary', 'houdt te vroeg op: de laatste boundary ontbreekt'],
  [
    'a part without a name: expected content-disposition: form-data; name="…"',
    'een deel zonder naam: verwacht content-disposition: form-data; name="…"'
  ],
  ['cannot be read as multipart: {}', 'niet te lezen als multipart: {}'],
  ['is empty: expected fields', 'is leeg: er horen velden in te staan'],
  ['is empty: expected a JSON object', 'is leeg: er hoort een JSON-object in te staan'],
  ['expected percent-encoded UTF-8 in the name of each field', 'verwacht: UTF-8 met procenttekens in elke veldnaam'],
  ['expected percent-encoded UTF-8', 'verwacht: UTF-8 met procenttekens'],
  [
    'expected a text, number, true or false: fields are flat',
    'verwacht: een tekst, een getal, true of false; in een veld staan geen andere velden'
  ],
  ['expected one flat JSON object', 'verwacht: één plat JSON-object'],
  ['expected a JSON object: {"invoiceNumber": …}', 'verwacht: een JSON-object: {"invoiceNumber": …}'],
  ['is not JSON after {}: a comma before the closing brace', 'is geen JSON na {}: een komma voor de sluitaccolade'],
  [
    'is not JSON after {}: expected the name of a field in double quotes',
    'is geen JSON na {}: verwacht een veldnaam tussen dubbele aanhalingstekens'
  ],
  ['is not JSON after {}: expected a value', 'is geen JSON na {}: verwacht een waarde'],
  ['is not JSON after {}: expected {}', 'is geen JSON na {}: verwacht {}'],
  ['is not JSON after {}', 'is geen JSON na {}'],
  ['the beginning', 'het begin'],
  ['the end', 'het einde'],
  ['ends too early, after {}', 'houdt te vroeg op, na {}'],
  ['goes on after the closing brace', 'gaat door na de sluitaccolade'],
  ['holds a character or an escape that JSON does not allow', 'bevat een teken of escape die in JSON niet mag'],
  ['expected a number without an exponent', 'verwacht: een getal zonder exponent'],
  ['ends in the middle of the pdf', 'houdt midden in de pdf op'],
  ['the connection ended before the body', 'de verbinding werd verbroken voor het bericht compleet was'],
  ['expected a number', 'verwacht: een getal'],
  ['expected a whole number', 'verwacht: een geheel getal'],
  ['expected at most {} links', 'verwacht: hoogstens {} koppelingen'],
  ['expected at most {word} levels', 'verwacht: hoogstens {} niveaus'],
  ['expected at most {word} elements', 'verwacht: hoogstens {} elementen'],
  ['expected at most {word} attributes', 'verwacht: hoogstens {} attributen'],
  ['expected at most {}', 'verwacht: hoogstens {}'],
  ['expected a table whose first line is {}', 'verwacht: een tabel met als eerste regel {}'],
  ['the same customer as in line {}', 'dezelfde klant als in regel {}'],
  ['expected one that at most {} invoices match: narrow it', 'meer dan {} facturen voldoen: maak de keuze kleiner'],
  ['expected no NUL character', 'verwacht: geen NUL-teken'],
  ['expected an id or an expanded object', 'verwacht: een kenmerk of een heel object'],
  ['expected an id', 'verwacht: een kenmerk'],
  ['expected the id of an order', 'verwacht: het kenmerk van een bestelling'],
  ['expected seconds since 1970', 'verwacht: seconden sinds 1970'],
  ['expected whole minor units', 'verwacht: een bedrag in hele centen'],
  ['expected invoice', 'verwacht: invoice'],
  ['expected a text', 'verwacht: een tekst'],
  ['expected a status', 'verwacht: een status'],
  ['expected the status of the order', 'verwacht: de status van de bestelling'],
  ['expected a state', 'verwacht: een status'],
  ['expected a status that is documented', 'verwacht: een status die beschreven is'],
  ['expected an e-invoice that was delivered, not one that failed', 'verwacht: een e-factuur die wel afgeleverd is'],
  ['expected an invoice, not a pro forma invoice', 'verwacht: een factuur, en niet wat daaraan voorafgaat'],
  ['expected an invoice', 'verwacht: een factuur'],
  ['expected a sales invoice', 'verwacht: een verkoopfactuur'],
  ['expected an order in JSON', 'verwacht: een bestelling in JSON'],
  ['expected an order', 'verwacht: een bestelling'],
  ['expected an object in JSON', 'verwacht: een object in JSON'],
  ['expected an object', 'verwacht: een object'],
  ['expected the invoice in the event, as {word} is not set', 'verwacht: de factuur in het bericht, want {} ontbreekt'],
  ['the body is not JSON', 'het bericht is geen JSON'],
  ['expected the code of the debtor', 'verwacht: de debiteurcode'],
  ['expected no minus in a credit note', 'verwacht: geen min in een creditfactuur'],
  ['expected a minus, as the type is that of a credit note', 'verwacht: een min, want het is een creditfactuur'],
  ['expected a minus, as the status is that of a credit invoice', 'verwacht: een min, want het is een creditfactuur'],
  ['expected the currency of cbc:DocumentCurrencyCode', 'verwacht: de valuta van cbc:DocumentCurrencyCode'],
  ['expected a KvK, OIN or VAT number', 'verwacht: een KvK-, OIN- of btw-nummer'],
  [
    'expected an id, an e-mail address, or a mail to the customer',
    'verwacht: een kenmerk, een e-mailadres, of een mail aan de klant'
  ],
  ['expected well-formed XML', 'verwacht: welgevormde XML'],
  ['expected an encoding such as UTF-8', 'verwacht: een tekencodering zoals UTF-8'],
  ['expected no document type', 'verwacht: geen documenttype'],
  ['expected an element at its beginning', 'verwacht: een element aan het begin'],
  ['the body is larger than {word} bytes', 'het bericht is groter dan {} bytes'],
  ['the body holds more than {word} values', 'het bericht bevat meer dan {} waarden'],
  ['the body came slower than {word} bytes a second', 'het bericht kwam langzamer binnen dan {} bytes per seconde'],
  ['everything but the pdf may take {word} bytes', 'alles behalve de pdf mag samen {} bytes zijn'],
  ['another field', 'een ander veld'],
  ['line {word}', 'regel {}'],

  // Of what a person asks for.
  [
    'the invoices held under this reference belong to several companies: {}; {sentence} the name or an e-mail address of {word}. `dismiss` the invoices that are not for {word}, and link again; or tell the senders apart (INTAKE_SENDERS), so that each has references of its own',
    'onder dit kenmerk wachten facturen van verschillende bedrijven: {}; {} de naam of een e-mailadres van {}. Leg de facturen die niet voor {} zijn terzijde en koppel opnieuw; of houd de afzenders uit elkaar (INTAKE_SENDERS), zodat elk eigen kenmerken heeft'
  ],
  ['none of them has', 'geen ervan heeft'],
  ['more than one of them has', 'meer dan één ervan heeft'],
  ['the bridge knows no {word} in the portal', 'de brug kent geen {} in het portaal'],
  ['there is none of this name', 'er is er geen met deze naam'],
  [
    'its PDF can be replaced only while it waits or is held, and was never sent',
    'de pdf is alleen te vervangen zolang de factuur wacht en nog nooit is verstuurd'
  ],
  ['{word} refuses its own test: {}', '{} weigert zijn eigen test: {}'],
  ['expected the name of a tool', 'verwacht: de naam van een koppeling'],
  ['expected the `next` of an earlier answer', 'verwacht: de `next` uit een eerder antwoord'],

  // Of what is not proven to be authentic.
  ['webhook-signature and authorization are both missing', 'webhook-signature en authorization ontbreken allebei'],
  ['authorization is neither Bearer nor Basic', 'authorization is geen Bearer of Basic'],
  ['authorization is not Bearer', 'authorization is geen Bearer'],
  ['authorization carries another secret', 'authorization bevat een ander geheim'],
  ['{word} is another one', '{} is een andere'],
  ['{word} is missing', '{} ontbreekt'],
  ['{word} contains a dot', '{} bevat een punt'],
  ['{word} holds no v1 signature', '{} bevat geen v1-handtekening'],
  ['{word} holds no time in whole seconds', '{} bevat geen tijd in hele seconden'],
  ['{word} is more than five minutes off', '{} wijkt meer dan vijf minuten af'],
  ['{word} does not match the body', '{} past niet bij het bericht'],
  ['no signature in {word} matches the body', 'geen handtekening in {} past bij het bericht'],
  ['no signature matches the body', 'geen handtekening past bij het bericht'],

  ['Invalid input: expected {}, received {}', 'verwacht: {}, gekregen: {}'],
  ['undefined', 'niets']
]
