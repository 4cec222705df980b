// SPDX-License-Identifier: MIT
#include "cluster/framevalues_p.h"

#include "base/warninglimit_p.h"
#include "socketio/cluster/clusterlogging_p.h"
#include "socketio/parser/othervalues_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <QtCore/qdatetime.h>

namespace SocketIo::detail {

namespace {

enum class Tag : quint8 {
    Null,
    False,
    True,
    Integer,
    Unsigned,
    Double,
    Text,
    Bytes,
    Date,
    List,
    Map
};

class ValueWriter
{
public:
    explicit ValueWriter(QDataStream *stream)
        : m_stream(*stream)
    {
    }

    void write(const QVariant &value) { writeValue(*this, value); }

    // For writeValue().
    void writeNull() { put(Tag::Null); }
    void writeBool(bool value) { put(value ? Tag::True : Tag::False); }
    void writeBytes(const QByteArray &bytes)
    {
        put(Tag::Bytes);
        m_stream << bytes;
    }
    void writeInteger(qint64 number)
    {
        put(Tag::Integer);
        m_stream << number;
    }
    void writeUnsigned(quint64 number)
    {
        put(Tag::Unsigned);
        m_stream << number;
    }
    void writeDouble(double number)
    {
        put(Tag::Double);
        m_stream << number;
    }
    void writeString(QStringView text)
    {
        put(Tag::Text);
        m_stream << text.toString();
    }
    void writeDateTime(const QDateTime &valid)
    {
        put(Tag::Date);
        m_stream << valid.toMSecsSinceEpoch();
    }
    bool beginList(qsizetype size) { return open(Tag::List, size); }
    bool beginObject(qsizetype size) { return open(Tag::Map, size); }
    void writeKey(QStringView key) { m_stream << key.toString(); }
    void endItem() { }
    void endList() { ++m_depthLeft; }
    void endObject() { ++m_depthLeft; }
    // Warnings about lost values are logged where the event is encoded for clients.
    void addLost(QMetaType) { }

private:
    void put(Tag tag) { m_stream << quint8(tag); }
    bool open(Tag tag, qsizetype size)
    {
        // Once the depth is exceeded, nothing more is opened, as a value may contain itself several
        // times.
        if (m_depthLeft == 0)
            m_stream.setStatus(QDataStream::WriteFailed);
        if (m_stream.status() != QDataStream::Ok)
            return false;
        --m_depthLeft;
        put(tag);
        m_stream << quint32(size);
        return true;
    }

    QDataStream &m_stream;
    int m_depthLeft = GreatestClusterDepth;
};

class ValueReader
{
public:
    explicit ValueReader(QDataStream *stream)
        : m_stream(*stream)
    {
    }

    QVariantMap readMap()
    {
        QVariantMap map;
        const quint32 count = open();
        for (quint32 i = 0; i < count && isFine(); ++i) {
            const auto key = readPlain<QString>();
            map.insert(key, read());
        }
        ++m_depthLeft;
        return map;
    }

    QVariant read()
    {
        switch (Tag(readPlain<quint8>())) {
        case Tag::Null:
            return QVariant::fromValue(nullptr);
        case Tag::False:
            return false;
        case Tag::True:
            return true;
        case Tag::Integer:
            return readPlain<qint64>();
        case Tag::Unsigned:
            return readPlain<quint64>();
        case Tag::Double:
            return readPlain<double>();
        case Tag::Text:
            return readPlain<QString>();
        case Tag::Bytes:
            return readPlain<QByteArray>();
        case Tag::Date:
            return QDateTime::fromMSecsSinceEpoch(readPlain<qint64>()).toUTC();
        case Tag::List:
            return QVariant(readList());
        case Tag::Map:
            return readMap();
        }
        m_stream.setStatus(QDataStream::ReadCorruptData);
        return {};
    }

    // Reads a map, the only kind of value at the top level.
    QVariantMap readAll()
    {
        if (Tag(readPlain<quint8>()) == Tag::Map)
            return readMap();
        m_stream.setStatus(QDataStream::ReadCorruptData);
        return {};
    }

private:
    bool isFine() const { return m_stream.status() == QDataStream::Ok; }
    template<typename T>
    T readPlain()
    {
        T value{};
        m_stream >> value;
        return value;
    }
    // Returns how many values follow.
    quint32 open()
    {
        if (--m_depthLeft < 0)
            m_stream.setStatus(QDataStream::ReadCorruptData);
        return readPlain<quint32>();
    }
    QVariantList readList()
    {
        QVariantList list;
        const quint32 count = open();
        for (quint32 i = 0; i < count && isFine(); ++i)
            list.append(read());
        ++m_depthLeft;
        return list;
    }

    QDataStream &m_stream;
    int m_depthLeft = GreatestClusterDepth;
};

} // namespace

void writeField(QDataStream &stream, const QVariantMap &map)
{
    ValueWriter writer(&stream);
    writeMembers(writer, map);
    if (stream.status() == QDataStream::Ok)
        return;
    static const EngineIo::detail::WarningLimit limit(EngineIo::detail::WarningLimit::Many);
    EngineIo::detail::warnIfDue(
        lcCluster(), limit.take(),
        QStringLiteral("Not sent to other processes: values nested more than %1 levels deep")
            .arg(GreatestClusterDepth));
}

void readField(QDataStream &stream, QVariantMap &map)
{
    map = ValueReader(&stream).readAll();
}

} // namespace SocketIo::detail
