// SPDX-License-Identifier: MIT
#include "jsreader_p.h"

#include "jscalls_p.h"
#include "qmlcontext_p.h"

#include <QtCore/qdatetime.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalueiterator.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

QVariant null()
{
    return QVariant::fromValue(nullptr);
}

QVariant numberFromJs(double number)
{
    constexpr double MaxInteger = 9007199254740992.0;
    if (!std::isfinite(number))
        return null();
    if (std::trunc(number) == number && std::abs(number) <= MaxInteger)
        return qint64(number);
    return number;
}

// An invalid variant when the object is no view of an ArrayBuffer, even if it has members of their
// names.
QVariant bytesFromJs(const QJSValue &object, QJSEngine *engine)
{
    const QJSValue length = object.property(u"byteLength"_s);
    if (!length.isNumber())
        return {};
    const bool isView = !engine
        || compiled(engine, "_socketio_isView",
                    u"(function(o) { return ArrayBuffer.isView(o); })"_s)
               .call({object})
               .toBool();
    if (!isView)
        return {};
    const QVariant bytes = object.property(u"buffer"_s).toVariant(QJSValue::RetainJSObjects);
    if (bytes.typeId() != QMetaType::QByteArray)
        return {};
    return bytes.toByteArray().mid(object.property(u"byteOffset"_s).toInt(), length.toInt());
}

} // namespace

JsReader::JsReader(const QObject *object, const QString &purpose, const JsLimits &limits)
    : m_limits(limits)
    , m_complaints(object, purpose, m_path)
{
}

QVariant JsReader::read(const QJSValue &value)
{
    QVariant result;
    {
        const JsPath::Level level(&m_path, 0);
        result = readValue(value);
    }
    m_complaints.finish();
    return result;
}

QVariantList JsReader::readList(const QJSValue &array)
{
    m_path.beginWithArguments();
    QVariantList result = readElements(array);
    m_complaints.finish();
    return result;
}

QVariantList JsReader::readArguments(const QJSValueList &values)
{
    m_path.beginWithArguments();
    QVariantList result;
    result.reserve(values.size());
    for (qsizetype i = 0; i < values.size() && !error(); ++i) {
        const JsPath::Level level(&m_path, i);
        result.append(readValue(values.at(i)));
    }
    m_complaints.finish();
    return result;
}

QVariant JsReader::readValue(const QJSValue &value)
{
    if (isFull(1))
        return {};
    if (value.isUndefined() || value.isNull())
        return null();
    if (value.isBool())
        return value.toBool();
    if (value.isNumber())
        return numberFromJs(value.toNumber());
    if (value.isString())
        return value.toString();
    if (value.isCallable())
        return m_complaints.lostFunction(JsComplaints::Instead::Null);
    if (!value.isObject())
        return m_complaints.lost(u"a symbol"_s, u"Use a string instead."_s);
    if (value.isQObject())
        return m_complaints.lostQObject(value.toQObject());
    if (value.isDate())
        return value.toDateTime();
    // A parser counts the list of the arguments.
    const bool isArgument = m_path.isOfArguments();
    if (m_path.size() + (isArgument ? 1 : 0) > m_limits.maxDepth) {
        const QString what = isArgument
            ? u"%1 is nested more than %2 levels deep, including the list of arguments"_s
            : u"%1 is nested more than %2 levels deep"_s;
        const qsizetype shown = std::min<qsizetype>(3, m_path.size());
        m_complaints.fail(
            what.arg(m_path.text(shown)).arg(m_limits.maxDepth),
            u"Send it in parts, or raise the option maxDepth, up to 1024, on both sides."_s);
        return {};
    }
    if (holdsItself(value))
        return {};
    m_path.setObject(value);
    // What is C++'s behind it, a list or a QML value type such as a point, comes as its type.
    return readVariant(value.toVariant(QJSValue::RetainJSObjects));
}

QVariant JsReader::readVariant(const QVariant &value)
{
    if (value.metaType() == QMetaType::fromType<QJSValue>())
        return readObject(value.value<QJSValue>());
    if (value.metaType().flags().testFlag(QMetaType::PointerToQObject))
        return m_complaints.lostQObject(value.value<QObject *>());
    switch (value.typeId()) {
    case QMetaType::QVariantList: {
        const QVariantList items = value.toList();
        QVariantList list;
        for (qsizetype i = 0; i < items.size() && !error(); ++i) {
            const JsPath::Level level(&m_path, i);
            list.append(readItem(items.at(i)));
        }
        return list;
    }
    case QMetaType::QVariantMap: {
        QVariantMap map = value.toMap();
        for (auto it = map.begin(); it != map.end() && !error(); ++it) {
            const JsPath::Level level(&m_path, it.key());
            *it = readItem(*it);
        }
        return map;
    }
    case QMetaType::UnknownType:
        return m_complaints.lost(u"a value without a type"_s,
                                 u"Use a value of a type that QML supports."_s);
    default:
        return value; // for the parser, which knows Qt's types
    }
}

QVariant JsReader::readItem(const QVariant &value)
{
    if (value.metaType() == QMetaType::fromType<QJSValue>())
        return readValue(value.value<QJSValue>());
    if (isFull(1))
        return {};
    return value.isValid() ? readVariant(value) : null();
}

QVariant JsReader::readObject(const QJSValue &object)
{
    if (object.isArray())
        return readElements(object);
    if (object.isRegExp() || object.isUrl())
        return object.toVariant();
    if (QVariant bytes = bytesFromJs(object, engine()); bytes.isValid())
        return bytes;
    if (object.property(u"toJSON"_s).isCallable())
        return readReplaced(object);
    if (object.isError())
        return QVariantMap{{u"name"_s, object.property(u"name"_s).toString()},
                           {u"message"_s, object.property(u"message"_s).toString()}};
    const QVariantMap map = readMembers(object);
    // A String object's members are its characters.
    const bool mayBeString = !map.isEmpty() && map.firstKey() == "0"_L1;
    return map.isEmpty() || mayBeString ? readContent(object, map) : QVariant(map);
}

// What toJSON() returns is written as it is, as JSON.stringify() does, even if it has a toJSON().
QVariant JsReader::readReplaced(const QJSValue &object)
{
    if (!engine())
        return readMembers(object);
    const JsPath::Key &key = m_path.lastKey();
    const QString name = std::holds_alternative<QString>(key)
        ? std::get<QString>(key)
        : QString::number(std::get<qsizetype>(key));
    const QJSValue called = compiled(engine(), "_socketio_toJson",
                                     u"(function(o, key) { try { return { value: o.toJSON(key) }; }"
                                     " catch (error) { return { error: String(error) }; } })"_s)
                                .call({object, name});
    if (called.hasProperty(u"error"_s)) {
        m_complaints.fail(
            u"toJSON() of %1 threw %2"_s.arg(m_path.text(), called.property(u"error"_s).toString()),
            u"Fix that function, or send its values instead of the object."_s);
        return {};
    }
    const QJSValue value = called.property(u"value"_s);
    const bool isPlain = value.isObject() && !value.isCallable() && !value.isArray()
        && value.property(u"toJSON"_s).isCallable() && !value.isDate() && !value.isQObject();
    m_path.setObject({});
    if (!isPlain)
        return readValue(value);
    if (holdsItself(value))
        return {};
    m_path.setObject(value);
    return readMembers(value);
}

// Reads an object whose content is not in its members: a Map, a Set, a Number.
QVariant JsReader::readContent(const QJSValue &object, const QVariantMap &members)
{
    if (!engine() || error())
        return members;
    const QJSValue content = compiled(engine(), "_socketio_content",
                                      u"(function(o) {"
                                      " if (o instanceof Map) {"
                                      "  const r = Object.create(null); let twice;"
                                      "  o.forEach((v, k) => { const name = String(k);"
                                      "   if (name in r) twice = name;"
                                      "   r[name] = v; });"
                                      "  return { members: r, twice: twice }; }"
                                      " if (o instanceof Set) return { value: Array.from(o) };"
                                      " if (o instanceof Number || o instanceof String"
                                      "  || o instanceof Boolean) return { value: o.valueOf() };"
                                      " if (o instanceof Promise || o instanceof WeakMap"
                                      "  || o instanceof WeakSet) return { isClosed: true };"
                                      " return {}; })"_s)
                                 .call({object});
    if (content.hasProperty(u"members"_s)) {
        if (const QJSValue twice = content.property(u"twice"_s); twice.isString())
            m_complaints.warnOfKeys(twice.toString());
        return readMembers(content.property(u"members"_s));
    }
    if (content.hasProperty(u"isClosed"_s))
        return m_complaints.lostContainer(object);
    const QJSValue value = content.property(u"value"_s);
    if (value.isUndefined())
        return members;
    return value.isArray() ? QVariant(readElements(value)) : readValue(value);
}

QVariantList JsReader::readElements(const QJSValue &array)
{
    const quint32 length = array.property(u"length"_s).toUInt();
    QVariantList list;
    if (isFull(length))
        return list;
    m_count -= length; // they count one by one
    list.reserve(std::min<quint32>(length, 1'000'000));
    for (quint32 i = 0; i < length && !error(); ++i) {
        const JsPath::Level level(&m_path, qsizetype(i));
        const QJSValue element = array.property(i);
        if (element.isUndefined() && engine())
            checkElement(array, i);
        list.append(readValue(element));
    }
    return list;
}

// One whose getter throws is undefined for QJSValue::property(), as one that is not there.
void JsReader::checkElement(const QJSValue &array, quint32 index)
{
    const QJSValue read = readProperty(engine(), array, index);
    if (read.hasProperty(u"error"_s))
        m_complaints.failToRead(m_path.text(), read.property(u"error"_s).toString());
}

// Reads the members that JSON.stringify() writes. In Object.keys() the engine would call getters.
QVariantMap JsReader::readMembers(const QJSValue &object)
{
    if (!engine())
        return readOwnProperties(object);
    const QJSValue members =
        compiled(engine(), "_socketio_members",
                 u"(function(o) { const has = Object.prototype.hasOwnProperty; let key;"
                 " try { const names = [], values = [];"
                 "  for (key in o) if (has.call(o, key)) {"
                 "   names.push(key); values.push(o[key]); }"
                 "  return { names: names, values: values }; }"
                 " catch (error) { return { key: key, error: String(error) }; } })"_s)
            .call({object});
    const QJSValue names = members.property(u"names"_s);
    if (!names.isArray()) {
        const QJSValue key = members.property(u"key"_s);
        QString place = m_path.text();
        if (key.isString())
            place += u'.' + key.toString();
        m_complaints.failToRead(place, members.property(u"error"_s).toString());
        return {};
    }
    const QJSValue values = members.property(u"values"_s);
    const quint32 count = names.property(u"length"_s).toUInt();
    QVariantMap map;
    for (quint32 i = 0; i < count && !error(); ++i)
        readMember(names.property(i).toString(), values.property(i), &map);
    return map;
}

// The same without an engine to ask which of them are enumerable.
QVariantMap JsReader::readOwnProperties(const QJSValue &object)
{
    QVariantMap map;
    QJSValueIterator members(object);
    while (!error() && members.hasNext()) {
        members.next();
        readMember(members.name(), members.value(), &map);
    }
    return map;
}

void JsReader::readMember(const QString &name, const QJSValue &member, QVariantMap *map)
{
    const JsPath::Level level(&m_path, name);
    if (!member.isCallable() && !member.isUndefined())
        map->insert(name, readValue(member));
    else if (member.isCallable() && name != "toJSON"_L1)
        m_complaints.lostFunction(JsComplaints::Instead::Nothing);
}

QJSEngine *JsReader::engine() const
{
    return m_complaints.object() ? engineOf(m_complaints.object()) : nullptr;
}

// Whether count values more are too many.
bool JsReader::isFull(qsizetype count)
{
    if (error())
        return true;
    m_count += count;
    if (m_count <= m_limits.maxValues)
        return false;
    m_complaints.fail(
        u"it contains more than %1 values"_s.arg(m_limits.maxValues),
        u"Send it in parts or as binary data; the limit is set with the option maxValues."_s);
    return true;
}

bool JsReader::holdsItself(const QJSValue &object)
{
    const qsizetype steps = m_path.stepsTo(object);
    if (steps == 0)
        return false;
    m_complaints.fail(u"%1 is %2 again"_s.arg(m_path.text(), m_path.text(steps)),
                      u"Leave that reference out, or give the object a toJSON()."_s);
    return true;
}

} // namespace SocketIo::detail
