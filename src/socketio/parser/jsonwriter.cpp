// SPDX-License-Identifier: MIT
#include "socketio/parser/jsonwriter_p.h"

#include "base/exactinteger_p.h"
#include "socketio/parser/jsonscan_p.h"
#include "socketio/parser/othervalues_p.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace SocketIo::detail {

namespace {

constexpr qsizetype LongestNumber = 32;

} // namespace

JsonWriter::JsonWriter(QByteArray *out, int maxDepth, Binary binary, qsizetype maxSize)
    : m_out(out)
    , m_depthLeft(maxDepth)
    , m_binary(binary)
    , m_maxSize(maxSize)
{
    m_at = m_out->data() + m_out->size();
    m_end = m_at;
}

bool JsonWriter::finish()
{
    m_out->resize(m_at - m_out->constData());
    m_tooLarge = m_tooLarge || m_out->size() + m_attachedSize > m_maxSize;
    return !m_tooDeep && !m_tooLarge;
}

void JsonWriter::grow(qsizetype size)
{
    const qsizetype used = m_at - m_out->constData();
    // Room for a number is more than most numbers take: finish() counts exactly.
    if (m_tooLarge || size - LongestNumber > m_maxSize - m_attachedSize - used) {
        dropOutput(size);
        return;
    }
    const qsizetype capacity = m_out->capacity();
    m_out->resize(used + size <= capacity
                      ? capacity
                      : std::max(used + size, std::min(2 * capacity, m_maxSize)));
    m_at = m_out->data() + used;
    m_end = m_out->data() + m_out->size();
}

// What comes from here on is useless: it goes where the beginning was, after one byte that
// close() may look at.
void JsonWriter::dropOutput(qsizetype size)
{
    m_tooLarge = true;
    m_attachments.clear();
    m_out->resize(std::max(m_out->size(), size + 1));
    m_at = m_out->data() + 1;
    m_end = m_out->data() + m_out->size();
}

bool JsonWriter::open(char bracket)
{
    // Once too deep or too large, nothing more is opened: a gadget that contains itself several
    // times, or lists that share their elements, would otherwise be followed along all branches.
    m_tooDeep = m_tooDeep || m_depthLeft == 0;
    if (m_tooDeep || m_tooLarge)
        return false;
    --m_depthLeft;
    writeRaw(bracket);
    return true;
}

void JsonWriter::close(char bracket)
{
    if (m_at[-1] == ',')
        m_at[-1] = bracket;
    else
        writeRaw(bracket);
    ++m_depthLeft;
}

// A value inside this one has a member of that name, or this one is not "true": no harm is done.
void JsonWriter::checkPlaceholder()
{
    const qsizetype size = m_at - m_out->constData() - std::exchange(m_placeholderAt, 0);
    if (size == 4 && QByteArrayView(m_at - size, size) == "true")
        m_hasPlaceholder = true;
}

void JsonWriter::writeRaw(QByteArrayView utf8)
{
    reserve(utf8.size());
    memcpy(m_at, utf8.data(), size_t(utf8.size()));
    m_at += utf8.size();
}

void JsonWriter::writeText(QStringView text)
{
    const char16_t *at = text.utf16();
    const char16_t *const end = at + text.size();
    reserve(text.size());
    at = copyPlainJson(at, end, &m_at);
    if (at != end)
        writeRaw(QStringView(at, end).toUtf8());
}

void JsonWriter::writeInteger(qint64 number)
{
    reserve(LongestNumber);
    m_at = std::to_chars(m_at, m_end, number).ptr;
}

void JsonWriter::writeUnsigned(quint64 number)
{
    reserve(LongestNumber);
    m_at = std::to_chars(m_at, m_end, number).ptr;
}

void JsonWriter::writeDouble(double number)
{
    if (EngineIo::detail::isExactInteger(number)) {
        writeInteger(qint64(number));
        return;
    }
    if (!std::isfinite(number)) {
        writeRaw("null");
        return;
    }
    // The shortest digits that read back as the same number, then ECMAScript's rules for where
    // the point goes (Number::toString).
    char text[LongestNumber];
    const char *const textEnd =
        std::to_chars(text, text + sizeof(text), number, std::chars_format::scientific).ptr;
    const char *from = text;
    if (*from == '-') {
        writeRaw('-');
        ++from;
    }
    const char *const mark = std::find(from, textEnd, 'e');
    char digits[LongestNumber];
    const char *const digitsEnd = std::copy_if(from, mark, digits, [](char c) { return c != '.'; });
    const auto count = int(digitsEnd - digits);
    int exponent = 0;
    std::from_chars(mark + (mark[1] == '+' ? 2 : 1), textEnd, exponent);
    const int point = exponent + 1; // digits before the point

    const QByteArrayView all(digits, digitsEnd);
    if (point > 21 || point <= -6) {
        writeRaw(digits[0]);
        if (count > 1) {
            writeRaw('.');
            writeRaw(all.sliced(1));
        }
        writeRaw(exponent < 0 ? "e-" : "e+");
        writeInteger(std::abs(exponent));
    } else if (point <= 0) {
        writeRaw("0.");
        writeRaw(QByteArrayView("00000", -point));
        writeRaw(all);
    } else if (point < count) {
        writeRaw(all.first(point));
        writeRaw('.');
        writeRaw(all.sliced(point));
    } else {
        writeRaw(all);
        writeRaw(QByteArrayView("00000000000000000000", point - count));
    }
}

void JsonWriter::writeString(QStringView text)
{
    const char16_t *at = text.utf16();
    const char16_t *const end = at + text.size();
    writeRaw('"');
    while (at != end) {
        reserve(end - at);
        at = copyPlainJson(at, end, &m_at);
        if (at != end)
            writeSpecial(&at, end);
    }
    writeRaw('"');
}

// A run of characters that are escaped or longer than a byte.
void JsonWriter::writeSpecial(const char16_t **at, const char16_t *end)
{
    static constexpr char hex[] = "0123456789abcdef";
    const char16_t *from = *at;
    do {
        reserve(6);
        const char16_t unit = *from++;
        const auto unicodeEscape = [this, unit] {
            const char text[] = {
                '\\',           'u', hex[unit >> 12], hex[unit >> 8 & 0xf], hex[unit >> 4 & 0xf],
                hex[unit & 0xf]};
            memcpy(m_at, text, sizeof(text));
            m_at += sizeof(text);
        };
        const auto shortEscape = [this](char letter) {
            *m_at++ = '\\';
            *m_at++ = letter;
        };
        if (unit >= 0x800 && !QChar::isSurrogate(unit)) {
            *m_at++ = char(0xe0 | unit >> 12);
            *m_at++ = char(0x80 | (unit >> 6 & 0x3f));
            *m_at++ = char(0x80 | (unit & 0x3f));
        } else if (unit >= 0x800) {
            if (QChar::isHighSurrogate(unit) && from != end && QChar::isLowSurrogate(*from)) {
                const char32_t character = QChar::surrogateToUcs4(unit, *from++);
                *m_at++ = char(0xf0 | character >> 18);
                *m_at++ = char(0x80 | (character >> 12 & 0x3f));
                *m_at++ = char(0x80 | (character >> 6 & 0x3f));
                *m_at++ = char(0x80 | (character & 0x3f));
            } else {
                unicodeEscape(); // half a pair has no UTF-8
            }
        } else if (unit >= 0x80) {
            *m_at++ = char(0xc0 | unit >> 6);
            *m_at++ = char(0x80 | (unit & 0x3f));
        } else {
            switch (unit) {
            case '"':
            case '\\':
                shortEscape(char(unit));
                break;
            case '\b':
                shortEscape('b');
                break;
            case '\f':
                shortEscape('f');
                break;
            case '\n':
                shortEscape('n');
                break;
            case '\r':
                shortEscape('r');
                break;
            case '\t':
                shortEscape('t');
                break;
            default:
                unicodeEscape();
            }
        }
    } while (from != end && !isPlainJsonCharacter(*from));
    *at = from;
}

void JsonWriter::write(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        writeRaw("null");
        break;
    case QMetaType::QString:
        writeString(contentOf<QString>(value));
        break;
    case QMetaType::LongLong:
        writeInteger(contentOf<qint64>(value));
        break;
    case QMetaType::Int:
        writeInteger(contentOf<int>(value));
        break;
    case QMetaType::Double:
        writeDouble(contentOf<double>(value));
        break;
    case QMetaType::Bool:
        writeRaw(contentOf<bool>(value) ? QByteArrayView("true") : QByteArrayView("false"));
        break;
    case QMetaType::QVariantList:
        writeList(contentOf<QVariantList>(value));
        break;
    case QMetaType::QVariantMap:
        writeMap(contentOf<QVariantMap>(value));
        break;
    case QMetaType::QByteArray:
        writeBytes(contentOf<QByteArray>(value));
        break;
    case QMetaType::QStringList:
        writeStringList(contentOf<QStringList>(value));
        break;
    case QMetaType::QVariantHash:
        writeHash(contentOf<QVariantHash>(value));
        break;
    default:
        writeOtherValue(*this, value);
    }
}

void JsonWriter::writeList(const QVariantList &list)
{
    if (!open('['))
        return;
    for (const QVariant &item : list) {
        write(item);
        writeRaw(',');
    }
    close(']');
}

void JsonWriter::writeMap(const QVariantMap &map)
{
    if (!open('{'))
        return;
    for (auto it = map.cbegin(); it != map.cend(); ++it) {
        writeKey(it.key());
        write(it.value());
        endItem();
    }
    close('}');
}

void JsonWriter::writeHash(const QVariantHash &hash)
{
    if (!open('{'))
        return;
    for (auto it = hash.cbegin(); it != hash.cend(); ++it) {
        writeKey(it.key());
        write(it.value());
        endItem();
    }
    close('}');
}

void JsonWriter::writeDateTime(const QDateTime &valid)
{
    writeString(isoDateTime(valid));
}

void JsonWriter::writeStringList(const QStringList &list)
{
    if (!open('['))
        return;
    for (const QString &item : list) {
        writeString(item);
        writeRaw(',');
    }
    close(']');
}

void JsonWriter::writeBytes(const QByteArray &bytes)
{
    if (m_binary == Binary::Attach) {
        writeRaw("{\"_placeholder\":true,\"num\":");
        writeInteger(m_attachments.size());
        writeRaw('}');
        m_attachedSize += bytes.size();
        if (m_tooLarge || m_attachedSize > m_maxSize)
            dropOutput(0);
        else
            m_attachments.append(bytes);
        return;
    }
    writeRaw("{\"type\":\"Buffer\",\"data\":[");
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (i > 0)
            writeRaw(',');
        writeInteger(uchar(bytes.at(i)));
    }
    writeRaw("]}");
}

} // namespace SocketIo::detail
