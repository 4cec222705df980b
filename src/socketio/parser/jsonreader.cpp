// SPDX-License-Identifier: MIT
#include "socketio/parser/jsonreader_p.h"

#include "base/digits_p.h"
#include "socketio/parser/jsonscan_p.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <map>
#include <utility>

namespace SocketIo::detail {

using EngineIo::detail::isDigit;

namespace {

int hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// Whether a number outside the range of a double is too large rather than too small: such numbers
// are infinite or zero, as in JavaScript.
bool isHuge(const char *at, const char *end)
{
    const char *const mark = std::find_if(at, end, [](char c) { return c == 'e' || c == 'E'; });
    const char *const point = std::find(at, mark, '.');
    const char *const first = std::find_if(at, mark, [](char c) { return c >= '1' && c <= '9'; });
    if (first == mark)
        return false;
    int exponent = 0;
    if (mark != end) {
        const char *const exponentStart = mark + (mark[1] == '+' ? 2 : 1);
        if (std::from_chars(exponentStart, end, exponent).ec != std::errc())
            return *exponentStart != '-';
    }
    return (point - first) + qint64(exponent) > 0;
}

} // namespace

JsonReader::JsonReader(QByteArrayView utf8, int maxDepth)
    : m_begin(utf8.data())
    , m_end(utf8.data() + utf8.size())
    , m_at(m_begin)
    , m_depthLeft(maxDepth)
{
}

bool JsonReader::read(QVariant *result)
{
    skipSpace();
    return value(result) && finish();
}

bool JsonReader::readArray(QVariantList *list)
{
    skipSpace();
    if (peek() != '[')
        return fail("not an array");
    return array(list) && finish();
}

QByteArray JsonReader::errorString() const
{
    if (!m_error)
        return {};
    return QByteArray("bad JSON at byte ") + QByteArray::number(m_at - m_begin) + ": " + m_error;
}

bool JsonReader::fail(const char *reason)
{
    if (!m_error)
        m_error = reason;
    return false;
}

bool JsonReader::finish()
{
    skipSpace();
    return m_at == m_end || fail("more after the value");
}

void JsonReader::skipSpace()
{
    while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
        ++m_at;
}

bool JsonReader::enter()
{
    if (m_depthLeft == 0)
        return fail("nested more deeply than the parser's maxDepth allows");
    --m_depthLeft;
    ++m_at; // the bracket
    skipSpace();
    return true;
}

bool JsonReader::value(QVariant *result)
{
    switch (peek()) {
    case '"': {
        QString text;
        if (!string(&text))
            return false;
        *result = QVariant(text);
        return true;
    }
    case '{':
        return object(result);
    case '[': {
        *result = QVariant(QMetaType::fromType<QVariantList>());
        return array(static_cast<QVariantList *>(result->data()));
    }
    case 't':
        return literal("true", 4, QVariant(true), result);
    case 'f':
        return literal("false", 5, QVariant(false), result);
    case 'n':
        return literal("null", 4, QVariant::fromValue(nullptr), result);
    default:
        return number(result);
    }
}

bool JsonReader::literal(const char *word, qsizetype size, const QVariant &meaning,
                         QVariant *result)
{
    if (m_end - m_at < size || memcmp(m_at, word, size_t(size)) != 0)
        return fail("unknown word");
    m_at += size;
    *result = meaning;
    return true;
}

bool JsonReader::number(QVariant *result)
{
    const char *const start = m_at;
    const bool negative = peek() == '-';
    if (negative)
        ++m_at;
    if (!isDigit(peek()))
        return fail("a value was expected");

    const quint64 limit = negative ? quint64(1) << 63 : std::numeric_limits<quint64>::max();
    quint64 integer = 0;
    bool fits = true;
    const bool leadingZero = *m_at == '0';
    const char *const digits = m_at;
    for (; isDigit(peek()); ++m_at) {
        const auto digit = quint64(*m_at - '0');
        // Below this length nothing can overflow.
        if (m_at - digits >= 18 && integer > (limit - digit) / 10)
            fits = false;
        else
            integer = integer * 10 + digit;
    }
    if (leadingZero && m_at - digits > 1)
        return fail("a number with a leading zero");

    bool isInteger = true;
    if (peek() == '.') {
        isInteger = false;
        ++m_at;
        if (!isDigit(peek()))
            return fail("a digit was expected");
        while (isDigit(peek()))
            ++m_at;
    }
    if (peek() == 'e' || peek() == 'E') {
        isInteger = false;
        ++m_at;
        if (peek() == '+' || peek() == '-')
            ++m_at;
        if (!isDigit(peek()))
            return fail("a digit was expected");
        while (isDigit(peek()))
            ++m_at;
    }
    if (isInteger && fits) {
        *result = negative || integer <= quint64(std::numeric_limits<qint64>::max())
            ? QVariant(qint64(negative ? 0 - integer : integer))
            : QVariant(integer);
        return true;
    }
    bool ok = false;
    double number = QByteArrayView(start, m_at).toDouble(&ok);
    if (!ok) {
        number = isHuge(digits, m_at) ? std::numeric_limits<double>::infinity() : 0.0;
        if (negative)
            number = -number;
    }
    *result = QVariant(number);
    return true;
}

bool JsonReader::string(QString *result)
{
    const char *const start = ++m_at;
    const char *const special = skipPlainJson(start, m_end);
    if (special == m_end || *special != '"')
        return longString(start, special, result);
    *result = plainString({start, special});
    m_at = special + 1;
    return true;
}

QString JsonReader::plainString(QByteArrayView ascii)
{
    constexpr qsizetype LongestShared = 64;
    QString *const known = std::exchange(m_known, nullptr);
    if (!known || ascii.size() > LongestShared)
        return QString::fromLatin1(ascii);
    if (*known != QLatin1StringView(ascii))
        *known = QString::fromLatin1(ascii);
    return *known;
}

// A string with escapes or characters beyond ASCII; plain up to firstSpecial.
bool JsonReader::longString(const char *start, const char *firstSpecial, QString *result)
{
    const char *close = firstSpecial;
    while (close != m_end && *close != '"') {
        if (*close == '\\' && ++close == m_end)
            break;
        ++close;
        while (close != m_end && uchar(*close) >= 0x80)
            ++close;
        close = skipPlainJson(close, m_end);
    }
    if (close == m_end) {
        m_at = m_end;
        return fail("a string without end");
    }
    // No character takes more UTF-16 units than it takes bytes here.
    QString text(close - start, Qt::Uninitialized);
    auto *const units = reinterpret_cast<char16_t *>(text.data());
    char16_t *out = units;
    m_at = start;
    while (m_at != close) {
        const auto byte = uchar(*m_at);
        if (isPlainJsonCharacter(byte)) {
            *out++ = byte;
            ++m_at;
        } else if (byte >= 0x80) {
            if (!multiByte(&out))
                return false;
        } else if (byte == '\\') {
            if (!escape(&out))
                return false;
        } else {
            return fail("a control character in a string");
        }
    }
    ++m_at;
    text.truncate(out - units);
    *result = std::move(text);
    return true;
}

bool JsonReader::escape(char16_t **out)
{
    const char letter = m_at[1]; // a string has a closing quote: there is one
    char16_t unit = 0;
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        unit = char16_t(letter);
        break;
    case 'b':
        unit = u'\b';
        break;
    case 'f':
        unit = u'\f';
        break;
    case 'n':
        unit = u'\n';
        break;
    case 'r':
        unit = u'\r';
        break;
    case 't':
        unit = u'\t';
        break;
    case 'u': {
        if (m_end - m_at < 6)
            return fail("a broken escape");
        for (int i = 2; i < 6; ++i) {
            const int digit = hexDigit(m_at[i]);
            if (digit < 0)
                return fail("a broken escape");
            unit = char16_t(unit << 4 | digit);
        }
        m_at += 4;
        break;
    }
    default:
        return fail("an unknown escape");
    }
    m_at += 2;
    *(*out)++ = unit;
    return true;
}

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool JsonReader::multiByte(char16_t **out)
{
    const auto lead = uchar(*m_at);
    int size = 0;
    char32_t lowest = 0;
    char32_t character = 0;
    if (lead >= 0xc2 && lead <= 0xdf) {
        size = 2;
        lowest = 0x80;
        character = lead & 0x1f;
    } else if ((lead & 0xf0) == 0xe0) {
        size = 3;
        lowest = 0x800;
        character = lead & 0x0f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        size = 4;
        lowest = 0x10000;
        character = lead & 0x07;
    }
    if (size == 0 || m_end - m_at < size)
        return fail("broken UTF-8");
    for (int i = 1; i < size; ++i) {
        const auto byte = uchar(m_at[i]);
        if ((byte & 0xc0) != 0x80)
            return fail("broken UTF-8");
        character = character << 6 | (byte & 0x3f);
    }
    if (character < lowest || character > QChar::LastValidCodePoint
        || QChar::isSurrogate(character)) {
        return fail("broken UTF-8");
    }
    m_at += size;
    if (QChar::requiresSurrogates(character)) {
        *(*out)++ = QChar::highSurrogate(character);
        *(*out)++ = QChar::lowSurrogate(character);
    } else {
        *(*out)++ = char16_t(character);
    }
    return true;
}

// A text becomes a value where it is to be, without one to be replaced.
bool JsonReader::item(QVariantList *list)
{
    if (peek() != '"')
        return value(&list->emplaceBack());
    QString text;
    if (!string(&text))
        return false;
    list->emplaceBack(text);
    return true;
}

bool JsonReader::array(QVariantList *list)
{
    if (!enter())
        return false;
    if (peek() != ']') {
        constexpr qsizetype Few = 3; // most arrays are short: a name, an argument or two
        if (list->capacity() < Few)
            list->reserve(Few);
        for (;;) {
            if (!item(list))
                return false;
            skipSpace();
            if (peek() != ',')
                break;
            ++m_at;
            skipSpace();
        }
        if (peek() != ']')
            return fail("a comma or bracket was expected");
    }
    ++m_at;
    ++m_depthLeft;
    return true;
}

bool JsonReader::object(QVariant *result)
{
    if (!enter())
        return false;
    std::map<QString, QVariant> members;
    if (peek() != '}') {
        for (;;) {
            if (peek() != '"')
                return fail("a name was expected");
            QString name;
            if (!string(&name))
                return false;
            skipSpace();
            if (peek() != ':')
                return fail("a colon was expected");
            ++m_at;
            skipSpace();
            // If members have the same name, the last one counts, as in JavaScript.
            if (!value(&members[std::move(name)]))
                return false;
            skipSpace();
            if (peek() != ',')
                break;
            ++m_at;
            skipSpace();
        }
        if (peek() != '}')
            return fail("a comma or brace was expected");
    }
    ++m_at;
    ++m_depthLeft;
    *result = QVariant(QMetaType::fromType<QVariantMap>());
    if (!members.empty())
        *static_cast<QVariantMap *>(result->data()) = QVariantMap(std::move(members));
    return true;
}

} // namespace SocketIo::detail
