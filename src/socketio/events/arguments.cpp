// SPDX-License-Identifier: MIT
#include <SocketIo/arguments.h>

#include "socketio/events/argumentscalars_p.h"
#include "socketio/events/eventlogging_p.h"
#include "socketio/events/plainvalue_p.h"

#include <QtCore/qassociativeiterable.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qsequentialiterable.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>

namespace SocketIo {

using namespace Qt::StringLiterals;

/*!
    \headerfile <SocketIo/Arguments>
    \inmodule QtSocketIo
    \since QtSocketIo 0.1
    \brief Functions that convert between C++ values and the arguments of events and
    acknowledgements.

    An argument is a QVariant. An argument that was received from a peer contains one of the
    following types: \c nullptr (JSON null), \c bool, \c qint64 (a number without fraction or
    exponent that is in its range), \c quint64 (such a number that is too large for \c qint64),
    \c double (any other number), QString, QVariantList (array), QVariantMap (object) and QByteArray
    (binary data). See the table in \l {Values on the wire} for the conversion of each type.

    For example:

    \snippet reference.cpp Arguments
*/

/*!
    \fn template<typename T> QVariant SocketIo::toArgument(const T &value)
    \relates <SocketIo/Arguments>

    Returns the argument that represents \a value, according to the table in
    \l {Values on the wire}. Strings of any type (QString, QStringView, QLatin1StringView,
    \c{const char16_t *}, \c std::string, and \c{const char *}, which is UTF-8) become a QString,
    numbers and enumerations a number, durations milliseconds, QByteArray and QByteArrayView binary
    data, an empty std::optional and \c nullptr null, containers with keys a QVariantMap, and other
    containers, pairs and tuples a QVariantList. QVariant and the QJson classes are not converted.
    Other Qt types, and a Q_GADGET, are stored in a QVariant and converted when they are written.

    If a type cannot be sent, the code does not compile. Make the type a Q_GADGET with properties,
    convert it to a QVariantMap, or add an \c{operator QVariant() const}. Pointers do not compile
    either: a QObject is not data, and could have been deleted by the time it is written. The type
    of the value in a QVariant is known only at run time: if it cannot be sent, null is sent
    instead, and a warning in the category \c qt.socketio.events names the type and the event.
*/

/*!
    \fn template<typename... Args> QVariantList SocketIo::toArguments(const Args &...args)
    \relates <SocketIo/Arguments>

    Returns the list of \a args, each converted by toArgument().
*/

/*!
    \fn template<typename T> bool SocketIo::fromArgument(const QVariant &value, T *result)
    \relates <SocketIo/Arguments>

    Converts the argument \a value to the type of \a result and returns \c true. If that is not
    possible, returns \c false and leaves \a result unchanged. The following conversions are
    supported:

    \list
    \li QVariant accepts any argument without conversion.
    \li std::optional accepts null, which makes it empty. Apart from QVariant and QJsonValue, no
        other type accepts null.
    \li Numeric types accept numbers that they can represent: an \c int accepts 3.0, but not 3.5 or
        3000000000. \c double and \c float accept the nearest value that they can represent, for
        example of 0.1 or of an integer beyond 2^53. Numeric types also accept strings that contain
        a number, but not "nan" and "inf", and bools, as 1 or 0. A \c bool accepts the numbers 1 and
        0, and the strings "true" and "false".
    \li Enumerations accept numbers in the range of their underlying type. With Q_ENUM, they accept
        only the numbers and names of their keys.
    \li QString accepts strings, numbers and bools, and binary data that is valid UTF-8.
    \li QList, std::vector and other containers with \c push_back or \c insert accept an array if
        all its elements can be converted. QMap, QHash and other containers with keys accept an
        object if all its names are converted to different keys: for a QMap with keys of type
        \c int, "1" and "01" are the same key.
    \li A Q_GADGET accepts an object. Members with the name of a writable property are converted to
        its type; the conversion fails if this is not possible. If a member is null, the property
        keeps its default value. Other members are ignored.
    \li std::pair, std::tuple and std::array accept an array of the same length. std::variant uses
            the first of its types that accepts the value.
    \li Durations accept a number of milliseconds that they can represent without rounding.
        std::chrono::system_clock::time_point accepts a string with a date.
    \li Other types accept the values in the table in \l {Values on the wire} and all values that
        QMetaType can convert without error. For example, QUrl, QUuid and QDateTime accept strings.
    \endlist
*/

/*!
    \fn template<typename T> std::optional<T> SocketIo::fromArgument(const QVariant &value)
    \overload
    \relates <SocketIo/Arguments>

    Returns \a value converted to \c T, or \c std::nullopt if it cannot be converted.
*/

namespace detail {

namespace {

bool gadgetFrom(const QVariant &value, QMetaType type, void *gadget)
{
    QVariantMap map;
    if (!convertArgumentToMap(value, &map))
        return false;
    const QMetaObject *metaObject = type.metaObject();
    for (int i = 0; i < metaObject->propertyCount(); ++i) {
        const QMetaProperty property = metaObject->property(i);
        const auto member = map.constFind(QString::fromUtf8(property.name()));
        if (member == map.cend() || !property.isWritable())
            continue;
        QVariant content = *member;
        if (property.metaType() != QMetaType::fromType<QVariant>()) {
            if (isNullArgument(content))
                continue;
            content = QVariant(property.metaType());
            if (!convertArgument(*member, property.metaType(), content.data()))
                return false;
        }
        if (!property.writeOnGadget(gadget, content))
            return false;
    }
    return true;
}

bool sequenceFrom(const QVariant &value, QMetaType type, void *container)
{
    QVariantList list;
    QSequentialIterable view;
    if (!convertArgumentToList(value, &list)
        || !QMetaType::view(type, container, QMetaType::fromType<QSequentialIterable>(), &view)) {
        return false;
    }
    const QMetaSequence sequence = view.metaContainer();
    if (!sequence.canAddValue())
        return false;
    for (const QVariant &item : std::as_const(list)) {
        QVariant element(sequence.valueMetaType());
        if (!convertArgument(item, sequence.valueMetaType(), element.data()))
            return false;
        sequence.addValue(container, element.constData());
    }
    return true;
}

bool associationFrom(const QVariant &value, QMetaType type, void *container)
{
    QVariantMap map;
    QAssociativeIterable view;
    if (!convertArgumentToMap(value, &map)
        || !QMetaType::view(type, container, QMetaType::fromType<QAssociativeIterable>(), &view)) {
        return false;
    }
    const QMetaAssociation association = view.metaContainer();
    if (!association.canSetMappedAtKey())
        return false;
    for (auto it = map.cbegin(); it != map.cend(); ++it) {
        QVariant key(association.keyMetaType());
        QVariant mapped(association.mappedMetaType());
        // Several names may be the same key, as "1" and "01" are the same number.
        if (!convertArgument(it.key(), association.keyMetaType(), key.data())
            || association.containsKey(container, key.constData())
            || !convertArgument(it.value(), association.mappedMetaType(), mapped.data())) {
            return false;
        }
        association.setMappedAtKey(container, key.constData(), mapped.constData());
    }
    return true;
}

// QMetaType converts any text to these types, to a default value if it does not fit.
bool checkedFrom(const QVariant &value, QMetaType type, void *result)
{
    if (!QMetaType::canConvert(value.metaType(), type)
        || !QMetaType::convert(value.metaType(), value.constData(), type, result)) {
        return false;
    }
    // The texts that an empty URL and a null UUID are sent as give these again.
    if (type.id() == QMetaType::QUrl)
        return static_cast<const QUrl *>(result)->isValid() || value == QVariant(QString());
    if (type.id() == QMetaType::QUuid) {
        return !static_cast<const QUuid *>(result)->isNull()
            || value == QVariant(QUuid().toString(QUuid::WithoutBraces));
    }
    return true;
}

bool jsonFrom(const QVariant &value, int typeId, void *result)
{
    if (typeId == QMetaType::QJsonValue) {
        *static_cast<QJsonValue *>(result) = QJsonValue::fromVariant(value);
        return true;
    }
    QVariantList list;
    if (typeId != QMetaType::QJsonObject && convertArgumentToList(value, &list)) {
        if (typeId == QMetaType::QJsonArray)
            *static_cast<QJsonArray *>(result) = QJsonArray::fromVariantList(list);
        else
            *static_cast<QJsonDocument *>(result) =
                QJsonDocument(QJsonArray::fromVariantList(list));
        return true;
    }
    QVariantMap map;
    if (typeId == QMetaType::QJsonArray || !convertArgumentToMap(value, &map))
        return false;
    if (typeId == QMetaType::QJsonObject)
        *static_cast<QJsonObject *>(result) = QJsonObject::fromVariantMap(map);
    else
        *static_cast<QJsonDocument *>(result) = QJsonDocument(QJsonObject::fromVariantMap(map));
    return true;
}

bool stringListFrom(const QVariant &value, QStringList *result)
{
    QVariantList list;
    if (!convertArgumentToList(value, &list))
        return false;
    result->reserve(list.size());
    for (const QVariant &item : std::as_const(list)) {
        QString text;
        if (!convertArgument(item, QMetaType::fromType<QString>(), &text))
            return false;
        result->append(text);
    }
    return true;
}

bool hashFrom(const QVariant &value, QVariantHash *result)
{
    QVariantMap map;
    if (!convertArgumentToMap(value, &map))
        return false;
    for (auto it = map.cbegin(); it != map.cend(); ++it)
        result->insert(it.key(), it.value());
    return true;
}

bool otherFrom(const QVariant &value, QMetaType type, void *result)
{
    if (const std::optional<bool> fits = valueFromPlain(value, type, result))
        return *fits;
    if (type.flags().testFlag(QMetaType::IsGadget) && type.metaObject()
        && !QMetaType::canConvert(value.metaType(), type)) {
        return gadgetFrom(value, type, result);
    }
    if (QMetaType::canView(type, QMetaType::fromType<QAssociativeIterable>()))
        return associationFrom(value, type, result);
    if (QMetaType::canView(type, QMetaType::fromType<QSequentialIterable>()))
        return sequenceFrom(value, type, result);
    return checkedFrom(value, type, result);
}

} // namespace

bool isNullArgument(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Nullptr:
        return true;
    case QMetaType::QJsonValue:
        return contentOf<QJsonValue>(value).isNull() || contentOf<QJsonValue>(value).isUndefined();
    default:
        return false;
    }
}

bool convertArgument(const QVariant &value, QMetaType type, void *result)
{
    if (value.typeId() == QMetaType::QJsonValue && type.id() != QMetaType::QJsonValue)
        return convertArgument(contentOf<QJsonValue>(value).toVariant(), type, result);
    if (type == QMetaType::fromType<QVariant>()) {
        *static_cast<QVariant *>(result) = value;
        return true;
    }
    if (isNullArgument(value)) {
        if (type.id() == QMetaType::QJsonValue)
            *static_cast<QJsonValue *>(result) = QJsonValue(QJsonValue::Null);
        return type.id() == QMetaType::QJsonValue || type.id() == QMetaType::Nullptr;
    }
    if (value.metaType() == type) {
        type.destruct(result);
        type.construct(result, value.constData());
        return true;
    }
    if (const std::optional<bool> fits = convertToScalar(value, type, result))
        return *fits;
    switch (type.id()) {
    case QMetaType::QVariantList:
        return convertArgumentToList(value, static_cast<QVariantList *>(result));
    case QMetaType::QVariantMap:
        return convertArgumentToMap(value, static_cast<QVariantMap *>(result));
    case QMetaType::QVariantHash:
        return hashFrom(value, static_cast<QVariantHash *>(result));
    case QMetaType::QStringList:
        return stringListFrom(value, static_cast<QStringList *>(result));
    case QMetaType::QJsonValue:
    case QMetaType::QJsonObject:
    case QMetaType::QJsonArray:
    case QMetaType::QJsonDocument:
        return jsonFrom(value, type.id(), result);
    default:
        return otherFrom(value, type, result);
    }
}

bool convertArgumentToList(const QVariant &value, QVariantList *result)
{
    switch (value.typeId()) {
    case QMetaType::QVariantList:
        *result = contentOf<QVariantList>(value);
        return true;
    case QMetaType::QJsonArray:
        *result = contentOf<QJsonArray>(value).toVariantList();
        return true;
    case QMetaType::QJsonValue:
        *result = contentOf<QJsonValue>(value).toArray().toVariantList();
        return contentOf<QJsonValue>(value).isArray();
    case QMetaType::QJsonDocument:
        *result = contentOf<QJsonDocument>(value).array().toVariantList();
        return contentOf<QJsonDocument>(value).isArray();
    case QMetaType::QString:
    case QMetaType::QByteArray:
        return false;
    default:
        if (!value.canConvert<QSequentialIterable>())
            return false;
        const auto items = value.value<QSequentialIterable>();
        result->reserve(items.size());
        for (const QVariant &item : items)
            result->append(item);
        return true;
    }
}

QString keyToArgument(const QVariant &key)
{
    if (const std::optional<QString> name = plainKey(key))
        return *name;
    qCWarning(lcEvents).noquote() << u"A key of type %1 has no text that could be a member's name"_s
                                         .arg(QString::fromUtf8(key.metaType().name()));
    return {};
}

void insertMember(QVariantMap *map, const QString &name, const QVariant &value)
{
    const qsizetype size = map->size();
    map->insert(name, value);
    if (map->size() > size)
        return;
    qCWarning(lcEvents).noquote() << u"Two keys of a map become the name \"%1\": only one of their "
                                     "values is sent. Use keys that differ as strings."_s.arg(name);
}

bool convertArgumentToMap(const QVariant &value, QVariantMap *result)
{
    switch (value.typeId()) {
    case QMetaType::QVariantMap:
        *result = contentOf<QVariantMap>(value);
        return true;
    case QMetaType::QJsonObject:
        *result = contentOf<QJsonObject>(value).toVariantMap();
        return true;
    case QMetaType::QJsonValue:
        *result = contentOf<QJsonValue>(value).toObject().toVariantMap();
        return contentOf<QJsonValue>(value).isObject();
    case QMetaType::QJsonDocument:
        *result = contentOf<QJsonDocument>(value).object().toVariantMap();
        return contentOf<QJsonDocument>(value).isObject();
    default:
        if (!value.canConvert<QAssociativeIterable>())
            return false;
        const auto items = value.value<QAssociativeIterable>();
        for (auto it = items.begin(); it != items.end(); ++it)
            insertMember(result, plainKey(it.key()).value_or(QString()), it.value());
        return true;
    }
}

} // namespace detail

} // namespace SocketIo
