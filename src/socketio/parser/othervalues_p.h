// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_OTHERVALUES_P_H
#define SOCKETIO_OTHERVALUES_P_H

#include "socketio/events/plainvalue_p.h"

#include <SocketIo/Arguments>

#include <QtCore/qassociativeiterable.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qsequentialiterable.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtCore/qvariant.h>

#include <cstdlib>
#include <optional>
#include <utility>

// Conversion of types that a peer never sends but an application may send, for all wire formats.
// The writer of a format must have
//
//     void write(const QVariant &value);           // a value of any type
//     void writeNull();
//     void writeInteger(qint64 number);
//     void writeUnsigned(quint64 number);
//     void writeDouble(double number);
//     void writeString(QStringView text);
//     void writeDateTime(const QDateTime &valid);
//     bool beginList(qsizetype size);              // false: too deep, nothing more is written
//     bool beginObject(qsizetype size);            // likewise
//     void writeKey(QStringView key);              // of the value that comes next
//     void endItem();                              // after each value in a list or object
//     void endList();
//     void endObject();
//     void addLost(QMetaType type);                // there was a value that cannot be sent
//
// and for writeValue(), which does all types,
//
//     void writeBool(bool value);
//     void writeBytes(const QByteArray &bytes);

namespace SocketIo::detail {

// ISO 8601 as JavaScript writes it: years beyond four digits have a sign and six, and before the
// year 1 comes the year 0, which QDate calls -1.
inline QString isoDate(QDate date)
{
    const int year = date.year() < 0 ? date.year() + 1 : date.year();
    const QString digits = QString::number(std::abs(year));
    QString text;
    if (year >= 0 && year <= 9999)
        text = digits.rightJustified(4, u'0');
    else
        text = (year < 0 ? u'-' : u'+') + digits.rightJustified(6, u'0');
    return text + date.toString(u"-MM-dd");
}

inline QString isoTime(QTime time)
{
    return time.toString(u"HH:mm:ss.zzz");
}

// As Date.toISOString(): in UTC, with milliseconds.
inline QString isoDateTime(const QDateTime &dateTime)
{
    const QDateTime utc = dateTime.toUTC();
    return isoDate(utc.date()) + u'T' + isoTime(utc.time()) + u'Z';
}

template<typename Writer>
void writeJsonArray(Writer &writer, const QJsonArray &array);
template<typename Writer>
void writeJsonObject(Writer &writer, const QJsonObject &object);

template<typename Writer>
void writeJsonValue(Writer &writer, const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Array:
        writeJsonArray(writer, value.toArray());
        break;
    case QJsonValue::Object:
        writeJsonObject(writer, value.toObject());
        break;
    default:
        writer.write(value.toVariant()); // a number that is an integer comes as one
    }
}

template<typename Writer>
void writeJsonArray(Writer &writer, const QJsonArray &array)
{
    if (!writer.beginList(array.size()))
        return;
    for (const auto &item : array) {
        writeJsonValue(writer, QJsonValue(item));
        writer.endItem();
    }
    writer.endList();
}

template<typename Writer>
void writeJsonObject(Writer &writer, const QJsonObject &object)
{
    if (!writer.beginObject(object.size()))
        return;
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        writer.writeKey(it.key());
        writeJsonValue(writer, QJsonValue(it.value()));
        writer.endItem();
    }
    writer.endObject();
}

template<typename Writer>
void writeJsonDocument(Writer &writer, const QJsonDocument &document)
{
    if (document.isObject())
        writeJsonObject(writer, document.object());
    else if (document.isArray())
        writeJsonArray(writer, document.array());
    else
        writer.writeNull();
}

// Returns the number of readable properties of the gadget in value, or 0 if value does not contain
// a gadget.
inline qsizetype readableProperties(const QVariant &value)
{
    const QMetaObject *metaObject = value.metaType().metaObject();
    if (!metaObject || !value.metaType().flags().testFlag(QMetaType::IsGadget))
        return 0;
    qsizetype readable = 0;
    for (int i = 0; i < metaObject->propertyCount(); ++i)
        readable += metaObject->property(i).isReadable() ? 1 : 0;
    return readable;
}

template<typename Writer>
void writeGadget(Writer &writer, const QVariant &gadget, qsizetype readable)
{
    if (!writer.beginObject(readable))
        return;
    const QMetaObject *metaObject = gadget.metaType().metaObject();
    for (int i = 0; i < metaObject->propertyCount(); ++i) {
        const QMetaProperty property = metaObject->property(i);
        if (!property.isReadable())
            continue;
        writer.writeKey(QString::fromUtf8(property.name()));
        writer.write(property.readOnGadget(gadget.constData()));
        writer.endItem();
    }
    writer.endObject();
}

template<typename Writer, typename List>
void writeItems(Writer &writer, const List &items)
{
    if (!writer.beginList(items.size()))
        return;
    for (const auto &item : items) {
        writer.write(item);
        writer.endItem();
    }
    writer.endList();
}

template<typename Writer, typename Map>
void writeMembers(Writer &writer, const Map &members)
{
    if (!writer.beginObject(members.size()))
        return;
    for (auto it = members.cbegin(); it != members.cend(); ++it) {
        writer.writeKey(it.key());
        writer.write(it.value());
        writer.endItem();
    }
    writer.endObject();
}

template<typename Writer>
void writeAssociation(Writer &writer, const QVariant &value)
{
    const auto items = value.value<QAssociativeIterable>();
    QVariantMap members;
    for (auto it = items.begin(); it != items.end(); ++it) {
        const QVariant key = it.key();
        if (const std::optional<QString> name = plainKey(key))
            insertMember(&members, *name, it.value());
        else
            writer.addLost(key.metaType());
    }
    writeMembers(writer, members);
}

// std::pair, which Qt registers a view of as it does for containers.
using PairView = QtMetaTypePrivate::QPairVariantInterfaceImpl;

template<typename Writer>
void writePair(Writer &writer, const QVariant &value)
{
    const auto pair = value.value<PairView>();
    QVariant first(pair._metaType_first);
    QVariant second(pair._metaType_second);
    pair.first(first.data());
    pair.second(second.data());
    if (!writer.beginList(2))
        return;
    for (const QVariant &item : {first, second}) {
        const bool isVariant = item.metaType() == QMetaType::fromType<QVariant>();
        writer.write(isVariant ? *static_cast<const QVariant *>(item.constData()) : item);
        writer.endItem();
    }
    writer.endList();
}

template<typename Writer>
void writeByFlags(Writer &writer, const QVariant &value)
{
    const QMetaType::TypeFlags flags = value.metaType().flags();
    if (flags.testFlag(QMetaType::IsEnumeration)) {
        if (flags.testFlag(QMetaType::IsUnsignedEnumeration))
            writer.writeUnsigned(value.toULongLong());
        else
            writer.writeInteger(value.toLongLong());
    } else if (const std::optional<QVariant> plain = plainValue(value)) {
        writer.write(*plain);
    } else if (const qsizetype readable = readableProperties(value)) {
        writeGadget(writer, value, readable);
    } else if (value.canConvert<QAssociativeIterable>()) {
        writeAssociation(writer, value); // as a QVariantMap, its keys would have other texts
    } else if (value.canConvert<QVariantMap>()) {
        writer.write(value.toMap());
    } else if (value.canConvert<QSequentialIterable>()) {
        writeItems(writer, value.value<QSequentialIterable>());
    } else if (value.canConvert<PairView>()) {
        writePair(writer, value);
    } else if (value.canConvert<QString>()) {
        writer.writeString(value.toString());
    } else {
        // Among them pointers to QObjects: an object is not data, and it belongs to a thread.
        writer.writeNull();
        writer.addLost(value.metaType());
    }
}

template<typename Writer>
void writeOtherValue(Writer &writer, const QVariant &value)
{
    const auto writeIf = [&writer](bool valid, auto write) {
        if (valid)
            write();
        else
            writer.writeNull();
    };
    switch (value.typeId()) {
    case QMetaType::Long:
    case QMetaType::Short:
    case QMetaType::Char:
    case QMetaType::SChar:
        writer.writeInteger(value.toLongLong());
        break;
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
    case QMetaType::UShort:
    case QMetaType::UChar:
        writer.writeUnsigned(value.toULongLong());
        break;
    case QMetaType::Float:
        writer.writeDouble(value.toDouble());
        break;
    case QMetaType::QChar:
        writer.writeString(QString(value.toChar()));
        break;
    case QMetaType::QDateTime: {
        const QDateTime dateTime = value.toDateTime();
        writeIf(dateTime.isValid(), [&] { writer.writeDateTime(dateTime); });
        break;
    }
    case QMetaType::QDate: {
        const QDate date = value.toDate();
        writeIf(date.isValid(), [&] { writer.writeString(isoDate(date)); });
        break;
    }
    case QMetaType::QTime: {
        const QTime time = value.toTime();
        writeIf(time.isValid(), [&] { writer.writeString(isoTime(time)); });
        break;
    }
    case QMetaType::QUrl:
        writer.writeString(value.toUrl().toString(QUrl::FullyEncoded));
        break;
    case QMetaType::QUuid:
        writer.writeString(value.toUuid().toString(QUuid::WithoutBraces));
        break;
    case QMetaType::QJsonValue:
        writeJsonValue(writer, value.toJsonValue());
        break;
    case QMetaType::QJsonObject:
        writeJsonObject(writer, value.toJsonObject());
        break;
    case QMetaType::QJsonArray:
        writeJsonArray(writer, value.toJsonArray());
        break;
    case QMetaType::QJsonDocument:
        writeJsonDocument(writer, value.toJsonDocument());
        break;
    default:
        writeByFlags(writer, value);
    }
}

// A value of any type, for formats to which none of them is special.
template<typename Writer>
void writeValue(Writer &writer, const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        writer.writeNull();
        break;
    case QMetaType::Bool:
        writer.writeBool(value.toBool());
        break;
    case QMetaType::Int:
    case QMetaType::LongLong:
        writer.writeInteger(value.toLongLong());
        break;
    case QMetaType::Double:
        writer.writeDouble(value.toDouble());
        break;
    case QMetaType::QString:
        writer.writeString(value.toString());
        break;
    case QMetaType::QByteArray:
        writer.writeBytes(value.toByteArray());
        break;
    case QMetaType::QVariantList:
        writeItems(writer, value.toList());
        break;
    case QMetaType::QStringList:
        writeItems(writer, value.toStringList());
        break;
    case QMetaType::QVariantMap:
        writeMembers(writer, value.toMap());
        break;
    case QMetaType::QVariantHash:
        writeMembers(writer, value.toHash());
        break;
    default:
        writeOtherValue(writer, value);
    }
}

} // namespace SocketIo::detail

#endif
