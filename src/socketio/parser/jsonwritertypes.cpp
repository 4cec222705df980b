// SPDX-License-Identifier: MIT
// The types that a peer never sends but an application may.
#include "socketio/parser/jsonwriter_p.h"

#include <QtCore/qassociativeiterable.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qsequentialiterable.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>

#include <cstdlib>

namespace SocketIo::detail {

void JsonWriter::writeOther(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Long:
    case QMetaType::Short:
    case QMetaType::Char:
    case QMetaType::SChar:
        writeInteger(value.toLongLong());
        return;
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
    case QMetaType::UShort:
    case QMetaType::UChar:
        writeUnsigned(value.toULongLong());
        return;
    case QMetaType::Float:
        writeDouble(value.toDouble());
        return;
    case QMetaType::QChar:
        writeString(QString(value.toChar()));
        return;
    case QMetaType::QDateTime:
        writeDateTime(value.toDateTime());
        return;
    case QMetaType::QDate:
        writeDate(value.toDate());
        return;
    case QMetaType::QTime:
        writeTime(value.toTime());
        return;
    case QMetaType::QUrl:
        writeString(value.toUrl().toString(QUrl::FullyEncoded));
        return;
    case QMetaType::QUuid:
        writeString(value.toUuid().toString(QUuid::WithoutBraces));
        return;
    case QMetaType::QJsonValue:
        writeJson(value.toJsonValue());
        return;
    case QMetaType::QJsonObject:
        writeJson(value.toJsonObject());
        return;
    case QMetaType::QJsonArray:
        writeJson(value.toJsonArray());
        return;
    case QMetaType::QJsonDocument: {
        const QJsonDocument document = value.toJsonDocument();
        if (document.isObject())
            writeJson(document.object());
        else if (document.isArray())
            writeJson(document.array());
        else
            writeRaw("null");
        return;
    }
    default:
        break;
    }

    const QMetaType::TypeFlags flags = value.metaType().flags();
    if (flags.testFlag(QMetaType::IsEnumeration)) {
        if (flags.testFlag(QMetaType::IsUnsignedEnumeration))
            writeUnsigned(value.toULongLong());
        else
            writeInteger(value.toLongLong());
    } else if (flags.testFlag(QMetaType::IsGadget) && value.metaType().metaObject()) {
        writeGadget(value);
    } else if (value.canConvert<QAssociativeIterable>()) {
        writeAssociation(value);
    } else if (value.canConvert<QSequentialIterable>()) {
        writeSequence(value);
    } else if (value.canConvert<QString>()) {
        writeString(value.toString());
    } else {
        // Among them pointers to QObjects: an object is not data, and it belongs to a thread.
        writeRaw("null");
    }
}

// ISO 8601 as JavaScript writes it: years beyond four digits have a sign and six, and before the
// year 1 comes the year 0, which QDate calls -1.
void JsonWriter::writeIsoDate(QDate date)
{
    const int year = date.year() < 0 ? date.year() + 1 : date.year();
    if (year >= 0 && year <= 9999) {
        writePadded(year, 4);
    } else {
        writeRaw(year < 0 ? '-' : '+');
        writePadded(std::abs(year), 6);
    }
    writeRaw('-');
    writePadded(date.month(), 2);
    writeRaw('-');
    writePadded(date.day(), 2);
}

void JsonWriter::writeIsoTime(QTime time)
{
    writePadded(time.hour(), 2);
    writeRaw(':');
    writePadded(time.minute(), 2);
    writeRaw(':');
    writePadded(time.second(), 2);
    writeRaw('.');
    writePadded(time.msec(), 3);
}

void JsonWriter::writeDate(QDate date)
{
    if (!date.isValid()) {
        writeRaw("null");
        return;
    }
    writeRaw('"');
    writeIsoDate(date);
    writeRaw('"');
}

void JsonWriter::writeTime(QTime time)
{
    if (!time.isValid()) {
        writeRaw("null");
        return;
    }
    writeRaw('"');
    writeIsoTime(time);
    writeRaw('"');
}

void JsonWriter::writeDateTime(const QDateTime &dateTime)
{
    if (!dateTime.isValid()) {
        writeRaw("null");
        return;
    }
    const QDateTime utc = dateTime.toUTC();
    writeRaw('"');
    writeIsoDate(utc.date());
    writeRaw('T');
    writeIsoTime(utc.time());
    writeRaw("Z\"");
}

void JsonWriter::writeJson(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Array:
        writeJson(value.toArray());
        break;
    case QJsonValue::Object:
        writeJson(value.toObject());
        break;
    default:
        write(value.toVariant()); // a number that is an integer comes as one
    }
}

void JsonWriter::writeJson(const QJsonArray &array)
{
    if (!open('['))
        return;
    for (const auto &item : array) {
        writeJson(QJsonValue(item));
        writeRaw(',');
    }
    close(']');
}

void JsonWriter::writeJson(const QJsonObject &object)
{
    if (!open('{'))
        return;
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        writeString(it.key());
        writeRaw(':');
        writeJson(QJsonValue(it.value()));
        writeRaw(',');
    }
    close('}');
}

void JsonWriter::writeGadget(const QVariant &gadget)
{
    if (!open('{'))
        return;
    const QMetaObject *metaObject = gadget.metaType().metaObject();
    for (int i = 0; i < metaObject->propertyCount(); ++i) {
        const QMetaProperty property = metaObject->property(i);
        if (!property.isReadable())
            continue;
        writeRaw('"');
        writeRaw(property.name()); // an identifier: nothing to escape
        writeRaw("\":");
        write(property.readOnGadget(gadget.constData()));
        writeRaw(',');
    }
    close('}');
}

void JsonWriter::writeSequence(const QVariant &value)
{
    if (!open('['))
        return;
    const auto items = value.value<QSequentialIterable>();
    for (const QVariant &item : items) {
        write(item);
        writeRaw(',');
    }
    close(']');
}

void JsonWriter::writeAssociation(const QVariant &value)
{
    if (!open('{'))
        return;
    const auto items = value.value<QAssociativeIterable>();
    for (auto it = items.begin(); it != items.end(); ++it) {
        writeString(it.key().toString());
        writeRaw(':');
        write(it.value());
        writeRaw(',');
    }
    close('}');
}

} // namespace SocketIo::detail
