// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_FRAMEVALUES_P_H
#define SOCKETIO_FRAMEVALUES_P_H

#include <SocketIo/clusterglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatastream.h>
#include <QtCore/qiodevice.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <type_traits>
#include <utility>

namespace SocketIo::detail {

// Reads and writes the values in frames, one after the other. QDataStream by itself allocates as
// many elements as a list claims to have, and creates objects of any type that it knows. Here
// neither exceeds what the bytes can hold.

// A value of any type becomes what it is on the wire to a client: null, a boolean, a number, a
// text, bytes, a date, a list or a map. The stream's status is WriteFailed if the value is nested
// too deeply.
SOCKETIO_CLUSTER_AUTOTEST_EXPORT void writeField(QDataStream &stream, const QVariantMap &map);
SOCKETIO_CLUSTER_AUTOTEST_EXPORT void readField(QDataStream &stream, QVariantMap &map);

template<typename T>
void writeField(QDataStream &stream, const T &value)
{
    stream << value;
}

template<typename T>
void readField(QDataStream &stream, T &value)
{
    static_assert(
        std::is_arithmetic_v<T> || std::is_same_v<T, QString> || std::is_same_v<T, QByteArray>,
        "QDataStream does not bound what it allocates for other types");
    stream >> value;
}

template<typename First, typename Second>
void writeField(QDataStream &stream, const std::pair<First, Second> &pair)
{
    writeField(stream, pair.first);
    writeField(stream, pair.second);
}

template<typename First, typename Second>
void readField(QDataStream &stream, std::pair<First, Second> &pair)
{
    readField(stream, pair.first);
    readField(stream, pair.second);
}

template<typename T>
void writeField(QDataStream &stream, const QList<T> &list)
{
    stream << quint32(list.size());
    for (const T &value : list)
        writeField(stream, value);
}

// The list grows by one element at a time, as long as there are bytes.
template<typename T>
void readField(QDataStream &stream, QList<T> &list)
{
    quint32 count = 0;
    stream >> count;
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        T value{};
        readField(stream, value);
        list.append(std::move(value));
    }
}

// Returns the bytes of a frame; none if a value is nested too deeply.
template<typename... Values>
QByteArray toFrame(const Values &...values)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    (writeField(stream, values), ...);
    return stream.status() == QDataStream::Ok ? bytes : QByteArray();
}

// Returns whether the bytes contain all of the values.
template<typename... Values>
bool fromFrame(const QByteArray &bytes, Values &...values)
{
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_4);
    (readField(stream, values), ...);
    return stream.status() == QDataStream::Ok;
}

} // namespace SocketIo::detail

#endif
