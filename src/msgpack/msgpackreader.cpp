// SPDX-License-Identifier: MIT
#include "msgpack/msgpackreader_p.h"

#include "base/utf8text_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qendian.h>
#include <QtCore/qlocale.h>
#include <QtCore/qnumeric.h>
#include <QtCore/qtimezone.h>

#include <msgpack.hpp>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Heads and types of the extensions that represent values of JavaScript.
constexpr quint8 FixExt1 = 0xd4;
constexpr quint8 FixExt8 = 0xd7;
constexpr qint8 NotepackType = 0;   // notepack.io 2: undefined, Date or ArrayBuffer, by size
constexpr qint8 TimestampType = -1; // that of the MessagePack specification, used by notepack.io 3

constexpr char UnfitKey[] = "a key that is neither a string nor a number, a boolean or nil";
constexpr char TooDeep[] = "nested more deeply than the parser's maxDepth allows";

QVariant null()
{
    return QVariant::fromValue(nullptr);
}

QDateTime dateTime(qint64 msecs)
{
    return QDateTime::fromMSecsSinceEpoch(msecs, QTimeZone::utc());
}

// The three forms of the timestamp: seconds; nanoseconds and 34 bits of seconds; nanoseconds and
// 64 bits of seconds.
std::optional<QDateTime> timestamp(const char *data, uint32_t size)
{
    qint64 seconds = 0;
    quint32 nanoseconds = 0;
    switch (size) {
    case 4:
        seconds = qFromBigEndian<quint32>(data);
        break;
    case 8: {
        const auto both = qFromBigEndian<quint64>(data);
        nanoseconds = quint32(both >> 34);
        seconds = qint64(both & 0x3'ffff'ffffULL);
        break;
    }
    case 12:
        nanoseconds = qFromBigEndian<quint32>(data);
        seconds = qFromBigEndian<qint64>(data + 4);
        break;
    default:
        return std::nullopt;
    }
    if (nanoseconds > 999'999'999)
        return std::nullopt;
    // Before 1970, counted back from the next second: the earliest date would overflow otherwise.
    auto remainder = qint64(nanoseconds / 1'000'000);
    if (seconds < 0) {
        ++seconds;
        remainder -= 1000;
    }
    qint64 msecs = 0;
    if (qMulOverflow(seconds, qint64(1000), &msecs) || qAddOverflow(msecs, remainder, &msecs))
        return std::nullopt;
    return dateTime(msecs);
}

// The text that a number becomes as a key in JavaScript, where all numbers are doubles.
QString keyText(double number)
{
    if (std::isnan(number))
        return u"NaN"_s;
    if (std::isinf(number))
        return number > 0 ? u"Infinity"_s : u"-Infinity"_s;
    if (number == 0)
        return u"0"_s; // also for minus zero
    const double size = std::abs(number);
    if (size >= 1e-6 && size < 1e21)
        return QString::number(number, 'f', QLocale::FloatingPointShortest);
    QString text = QString::number(number, 'e', QLocale::FloatingPointShortest);
    return text.replace(u"e-0"_s, u"e-"_s);
}

// Returns nothing for a key that is refused.
std::optional<QString> keyText(const QVariant &key)
{
    switch (key.typeId()) {
    case QMetaType::Nullptr:
        return u"null"_s;
    case QMetaType::Bool:
        return key.toBool() ? u"true"_s : u"false"_s;
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
        return keyText(key.toDouble());
    default:
        return std::nullopt;
    }
}

class Visitor final : public msgpack::null_visitor
{
public:
    explicit Visitor(int maxDepth)
        : m_depthLeft(maxDepth)
    {
    }

    QVariant takeResult() { return std::move(m_result); }
    const QByteArray &error() const { return m_error; }

    bool visit_nil() { return add(null()); }
    bool visit_boolean(bool value) { return add(value); }
    bool visit_positive_integer(uint64_t value)
    {
        constexpr auto Greatest = quint64(std::numeric_limits<qint64>::max());
        return value > Greatest ? add(QVariant(quint64(value))) : add(QVariant(qint64(value)));
    }
    bool visit_negative_integer(int64_t value) { return add(QVariant(qint64(value))); }
    bool visit_float32(float value) { return add(double(value)); }
    bool visit_float64(double value) { return add(value); }
    bool visit_str(const char *data, uint32_t size)
    {
        QString text = EngineIo::detail::utf8Text({data, qsizetype(size)});
        if (m_inKey) {
            m_open.back().key = std::move(text);
            return true;
        }
        return add(std::move(text));
    }
    bool visit_bin(const char *data, uint32_t size)
    {
        return add(QByteArray(data, qsizetype(size)));
    }
    // data points to the type of the extension, within the bytes that are being read. Of the fixed
    // forms the head is the byte before it, of others the end of their length: only with the size
    // does it distinguish a block of eight bytes from a date.
    bool visit_ext(const char *data, uint32_t size)
    {
        if (m_inKey)
            return refuse(UnfitKey);
        const auto type = qint8(*data);
        const auto head = quint8(data[-1]);
        const char *content = data + 1;
        --size;
        if (type == NotepackType && size == 1 && head == FixExt1)
            return add(null());
        if (type == NotepackType && size == 8 && head == FixExt8)
            return add(dateTime(qFromBigEndian<qint64>(content)));
        if (type == NotepackType)
            return visit_bin(content, size);
        if (type == TimestampType) {
            if (const auto time = timestamp(content, size))
                return add(*time);
            return refuse("an invalid timestamp");
        }
        if (m_depthLeft == 0)
            return refuse(TooDeep);
        return add(QVariantList{qint64(type), QByteArray(content, qsizetype(size))});
    }

    bool start_array(uint32_t) { return open(Kind::Array); }
    bool end_array() { return close(QVariant(m_open.back().list)); }
    bool start_map(uint32_t) { return open(Kind::Map); }
    bool end_map() { return close(QVariant(m_open.back().map)); }
    bool start_map_key()
    {
        m_inKey = true;
        return true;
    }
    bool end_map_key()
    {
        m_inKey = false;
        return true;
    }

    void parse_error(size_t, size_t) { m_error = "malformed MessagePack"; }
    void insufficient_bytes(size_t, size_t) { m_error = "truncated MessagePack"; }

private:
    enum class Kind { Array, Map };
    struct Container
    {
        Kind kind;
        QVariantList list;
        QVariantMap map;
        QString key;
    };

    bool refuse(const char *why)
    {
        m_error = why;
        return false;
    }
    bool add(QVariant &&value)
    {
        if (m_inKey) {
            std::optional<QString> key = keyText(value);
            if (!key)
                return refuse(UnfitKey);
            m_open.back().key = std::move(*key);
        } else if (m_open.empty()) {
            m_result = std::move(value);
        } else if (m_open.back().kind == Kind::Array) {
            m_open.back().list.append(std::move(value));
        } else {
            m_open.back().map.insert(m_open.back().key, value);
        }
        return true;
    }
    template<typename Value>
    bool add(Value &&value)
    {
        return add(QVariant(std::forward<Value>(value)));
    }
    bool open(Kind kind)
    {
        if (m_inKey)
            return refuse(UnfitKey);
        if (m_depthLeft == 0)
            return refuse(TooDeep);
        --m_depthLeft;
        m_open.push_back({kind, {}, {}, {}});
        return true;
    }
    bool close(QVariant &&value)
    {
        ++m_depthLeft;
        m_open.pop_back();
        return add(std::move(value));
    }

    std::vector<Container> m_open;
    QVariant m_result;
    QByteArray m_error;
    int m_depthLeft;
    bool m_inKey = false;
};

} // namespace

std::optional<QVariant> MsgPackReader::read(const QByteArray &bytes)
{
    Visitor visitor(m_maxDepth);
    std::size_t offset = 0;
    bool complete = false;
    try {
        complete = msgpack::parse(bytes.constData(), std::size_t(bytes.size()), offset, visitor);
    } catch (const msgpack::unpack_error &error) {
        // A size exceeds the limits of the library.
        m_error = error.what();
        return std::nullopt;
    }
    if (!complete) {
        m_error = visitor.error().isEmpty() ? QByteArrayLiteral("malformed MessagePack")
                                            : visitor.error();
        return std::nullopt;
    }
    if (offset != std::size_t(bytes.size())) {
        m_error = QByteArrayLiteral("bytes after the MessagePack value");
        return std::nullopt;
    }
    return visitor.takeResult();
}

} // namespace SocketIo::detail
