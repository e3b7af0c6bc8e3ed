"""Spanish."""

from ..language import IntentType, Language, Speech, phrase

SPANISH = Language(
    folders=("es",),
    honorifics="el señor|la señora|señor|señora|doctor|doctora",
    presences={
        "available": "[en modo ](disponible|disponibles|libre|libres|localizable)",
        "busy": "[en modo |en estado ](ocupado|ocupada|ocupados|ocupadas|reunido|reunida|en una reunión|en una reunion)",
        "do_not_disturb": "[en |en modo |modo ]no molestar",
        "away": "[en modo ](ausente|ausentes|fuera)",
        "vacation": "(de vacaciones|en vacaciones|vacaciones)",
        "offline": "(sin conexión|sin conexion|desconectado|desconectada)",
    },
    half_days={
        "am": "de la (mañana|manana|madrugada)",
        "pm": "de la (tarde|noche)",
    },
    ends=(
        phrase(
            "(durante|por) {minutes} minuto[s]",
            "(durante|por) {hours} hora[s]",
            "(durante|por) {hours} hora[s] [y] {minutes} minuto[s]",
            "hasta (la|las) {hour} [en punto] [{half_day}]",
            "hasta (la|las) {hour} y {minute} [{half_day}]",
            "hasta (la|las) {hour}(:|.| ){minute} [{half_day}]",
        ),
        phrase("(durante|por) media hora", minutes=30),
        phrase("(durante|por) un cuarto de hora", minutes=15),
        phrase("(durante|por) tres cuartos de hora", minutes=45),
        phrase("(durante|por) una hora", hours=1),
        phrase("(durante|por) (una hora|hora) y media", minutes=90),
        phrase("hasta (la|las) {hour} y media [{half_day}]", until_minute=30),
        phrase("hasta (la|las) {hour} y cuarto [{half_day}]", until_minute=15),
        phrase("hasta (la|las) {hour} menos cuarto [{half_day}]", until_minute=-15),
        phrase("hasta (el mediodía|mediodía|el mediodia|mediodia)", until_hour=12, half_day="pm"),
        phrase("hasta [la] medianoche", until_hour=0),
    ),
    sentences={
        IntentType.GET: (
            phrase(
                "(está|esta) {person} [ahora] {presence} [ahora [mismo]]",
                "{person} (está|esta) [ahora] {presence} [ahora [mismo]]",
                "(cómo está|como esta|qué hace|que hace) {person} [ahora [mismo]]",
                "(cuál|cual) es (el estado|la presencia) de {person}",
                "(estoy) [ahora] {presence} [ahora [mismo]]",
                "(cuál|cual) es mi (estado|presencia)",
            ),
            phrase(
                "(puedo|podría|se puede) (molestar|llamar|interrumpir) a {person} [ahora [mismo]]",
                "(puedo|podría|se puede) hablar con {person} [ahora [mismo]]",
                may_disturb=True,
            ),
            phrase(
                "(está|esta) {person} [ahí|aquí|en su sitio|presente] [ahora [mismo]]",
                is_there=True,
            ),
            phrase(
                "hasta (cuándo|cuando) (está|esta) {person} {presence}",
                "hasta (qué|que) hora (está|esta) {person} {presence}",
                until_when=True,
            ),
            phrase("hasta (cuándo|cuando) estoy {presence}", until_when=True),
            phrase(
                "hasta (cuándo|cuando|qué hora|que hora)",
                "(por|durante) (cuánto|cuanto) tiempo",
                "hasta (cuándo|cuando) (está|esta) [él|ella] [{presence}]",
                until_when=True,
                same=True,
            ),
            phrase("[me refiero a ]{person}", chosen=True),
        ),
        IntentType.FIND: (
            phrase(
                "(quién|quien) (está|esta) [ahora] {presence} [ahora [mismo]]",
                "(quiénes|quienes) (están|estan) [ahora] {presence} [ahora [mismo]]",
                "(hay alguien|está alguien|esta alguien|alguien está) {presence} [ahora [mismo]]",
                "hay alguien (de|del|en|de la|en la|en el|de los|de las) {group} [que esté] {presence}",
                "(está|esta) alguien (de|del|en|de la|en la|en el|de los|de las) {group} {presence}",
                "alguien (de|del|en|de la|en la|en el|de los|de las) {group} (está|esta) {presence}",
                "(quién|quien) (de|del|en|de la|en la|en el|de los|de las) {group} (está|esta)"
                " {presence}",
                "(quién|quien) (está|esta) {presence} (en|de|del|de la|en la|en el|de los|de las)"
                " {group}",
            ),
        ),
        IntentType.EXPLAIN: (
            phrase(
                "(por qué|por que|porqué|porque) (está|esta) {person} [ahora] {presence}",
                "(por qué|por que|porqué|porque) {person} (está|esta) [ahora] {presence}",
                "(por qué|por que|porqué|porque) estoy [ahora] {presence}",
            ),
            phrase(
                "(por qué|por que|porqué)",
                "(por qué|por que|porqué) (está|esta) [él|ella] [{presence}|así]",
                same=True,
            ),
        ),
        IntentType.SET: (
            phrase(
                "(ponme|márcame|marcame|déjame) [como|en|a] {presence} <end>",
                "(pon|cambia|establece) mi (estado|presencia) [como|en|a] {presence} <end>",
                "(pon|marca|deja) a {person} [como|en] {presence} <end>",
                "(pon|cambia|establece) (el estado|la presencia) de {person} [como|en|a] {presence}"
                " <end>",
            ),
            phrase("(ponlo|ponla|márcalo|márcala) [como|en|a] {presence} <end>", same=True),
        ),
        IntentType.CLEAR: (
            phrase(
                "(ponme|vuélveme|vuelveme) [otra vez|de nuevo] (en|a) [modo] automático",
                "(pon|vuelve|cambia) mi (estado|presencia) [otra vez|de nuevo] (en|a) [modo]"
                " (automático|automatico)",
                "(pon|vuelve) a {person} [otra vez|de nuevo] (en|a) [modo] (automático|automatico)",
                "(pon|vuelve|cambia) (el estado|la presencia) de {person} [otra vez|de nuevo] (en|a)"
                " [modo] (automático|automatico)",
            ),
            phrase(
                "(ponlo|ponla) [otra vez|de nuevo] (en|a) [modo] (automático|automatico)", same=True
            ),
        ),
    },
    speech=Speech(
        presences={
            "available": "disponible",
            "busy": "en modo ocupado",
            "do_not_disturb": "en modo no molestar",
            "away": "ausente",
            "vacation": "de vacaciones",
            "offline": "sin conexión",
        },
        until=" hasta las {time}",
        until_tomorrow=" hasta mañana a las {time}",
        until_date=" hasta el {date} a las {time}",
        plain="{name} está {word}{until}.",
        yes="Sí, {name} está {word}{until}.",
        no="No, {name} está {word}{until}.",
        no_end="{name} está {word}, sin un final conocido.",
        unknown_presence="Ahora mismo no se conoce la presencia de {name}.",
        plurals={"available": "disponibles", "away": "ausentes"},
        several="{names} están {word}.",
        nobody="Nadie está {word}.",
        nobody_in_group="Nadie de {group} está {word}.",
        conjunction=" y ",
        alternative=" o ",
        more="{names} y {count} más",
        set="{name} está ahora {word}{until}.",
        cleared="{name} está de nuevo en automático.",
        which="¿Quién exactamente: {names}?",
        same_name="Varias personas se llaman {name}. Dales alias distintos.",
        what_about="¿Qué quieres saber de {name}?",
        unknown_person="No conozco a nadie con el nombre {name}.",
        unknown_group="No conozco ningún grupo con el nombre {name}.",
        say_a_name="No sé quién habla. Di un nombre, por favor.",
        no_person_of_user="No sé qué persona eres. Vincula tu usuario a una persona.",
        not_controlled="La presencia de {name} no se puede cambiar aquí.",
        not_allowed="No tienes permiso para hacer eso con {name}.",
        not_connected="El servidor de {name} no está conectado.",
        not_set_up="No hay personas configuradas para la voz.",
        bad_end="No he entendido hasta cuándo.",
    ),
)
