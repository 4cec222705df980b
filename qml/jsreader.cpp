// SPDX-License-Identifier: MIT
#include "jsreader_p.h"

#include "jsvalues_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalueiterator.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxWarnings = 10;

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

Error unreadable(const QString &purpose, const QString &what, const QString &remedy)
{
    Error error(Error::Type::Argument,
                purpose.isEmpty() ? u"Cannot be converted: %1"_s.arg(what)
                                  : u"Not sent: in %1, %2"_s.arg(purpose, what));
    error.setHint(remedy);
    return error;
}

// The type's name, without what the engine adds to the types of elements.
QString typeOf(const QObject *object)
{
    const QString name = QString::fromUtf8(object->metaObject()->className());
    return name.left(name.indexOf("_QML"_L1)).section(u"::"_s, -1);
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

class JsReader::Level
{
public:
    Level(JsReader *reader, Key key)
        : m_reader(reader)
    {
        reader->m_path.push_back({std::move(key), {}});
    }
    ~Level() { m_reader->m_path.pop_back(); }
    Q_DISABLE_COPY_MOVE(Level)

private:
    JsReader *const m_reader;
};

JsReader::JsReader(const QObject *object, const QString &purpose, const JsLimits &limits)
    : m_object(object)
    , m_hasObject(object)
    , m_purpose(purpose)
    , m_limits(limits)
{
}

QVariant JsReader::read(const QJSValue &value)
{
    QVariant result;
    {
        const Level level(this, 0);
        result = readValue(value);
    }
    finish();
    return result;
}

QVariantList JsReader::readList(const QJSValue &array)
{
    m_root = Root::Arguments;
    QVariantList result = readElements(array);
    finish();
    return result;
}

QVariantList JsReader::readArguments(const QJSValueList &values)
{
    m_root = Root::Arguments;
    QVariantList result;
    result.reserve(values.size());
    for (qsizetype i = 0; i < values.size() && !m_error; ++i) {
        const Level level(this, i);
        result.append(readValue(values.at(i)));
    }
    finish();
    return result;
}

Error JsReader::ownerDeleted(const QString &purpose)
{
    return unreadable(
        purpose,
        u"a toJSON() function, a getter or a handler for warnings has deleted the object that reads the value"_s,
        u"Delete that object later, as destroy() does."_s);
}

void JsReader::finish()
{
    if (m_lost > MaxWarnings && !m_error) {
        const QString rest = QString::number(m_lost - MaxWarnings);
        warn(m_object,
             m_purpose.isEmpty() ? u"Cannot be converted: %1 more values"_s.arg(rest)
                                 : u"In %1, %2 more values cannot be sent"_s.arg(m_purpose, rest));
    }
    if (m_hasObject && !m_object && !m_error)
        m_error = ownerDeleted(m_purpose);
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
        return lostFunction(Instead::Null);
    if (!value.isObject())
        return lost(u"a symbol"_s, u"Use a string instead."_s);
    if (value.isQObject())
        return lostQObject(value.toQObject());
    if (value.isDate())
        return value.toDateTime();
    // A parser counts the list of the arguments.
    const bool isArgument = m_root == Root::Arguments;
    if (m_path.size() + (isArgument ? 1 : 0) > std::size_t(m_limits.maxDepth)) {
        const QString what = isArgument
            ? u"%1 is nested more than %2 levels deep, including the list of arguments"_s
            : u"%1 is nested more than %2 levels deep"_s;
        const qsizetype shown = std::min<qsizetype>(3, qsizetype(m_path.size()));
        fail(what.arg(path(shown)).arg(m_limits.maxDepth),
             u"Send it in parts, or raise the option maxDepth, up to 1024, on both sides."_s);
        return {};
    }
    if (holdsItself(value))
        return {};
    m_path.back().object = value;
    // What is C++'s behind it, a list or a QML value type such as a point, comes as its type.
    return readVariant(value.toVariant(QJSValue::RetainJSObjects));
}

QVariant JsReader::readVariant(const QVariant &value)
{
    if (value.metaType() == QMetaType::fromType<QJSValue>())
        return readObject(value.value<QJSValue>());
    if (value.metaType().flags().testFlag(QMetaType::PointerToQObject))
        return lostQObject(value.value<QObject *>());
    switch (value.typeId()) {
    case QMetaType::QVariantList: {
        const QVariantList items = value.toList();
        QVariantList list;
        for (qsizetype i = 0; i < items.size() && !m_error; ++i) {
            const Level level(this, i);
            list.append(readItem(items.at(i)));
        }
        return list;
    }
    case QMetaType::QVariantMap: {
        QVariantMap map = value.toMap();
        for (auto it = map.begin(); it != map.end() && !m_error; ++it) {
            const Level level(this, it.key());
            *it = readItem(*it);
        }
        return map;
    }
    case QMetaType::UnknownType:
        return lost(u"a value without a type"_s, u"Use a value of a type that QML supports."_s);
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
    const Key &key = m_path.back().key;
    const QString name = std::holds_alternative<QString>(key)
        ? std::get<QString>(key)
        : QString::number(std::get<qsizetype>(key));
    const QJSValue called = compiled(engine(), "_socketio_toJson",
                                     u"(function(o, key) { try { return { value: o.toJSON(key) }; }"
                                     " catch (error) { return { error: String(error) }; } })"_s)
                                .call({object, name});
    if (called.hasProperty(u"error"_s)) {
        fail(u"toJSON() of %1 threw %2"_s.arg(path(qsizetype(m_path.size())),
                                              called.property(u"error"_s).toString()),
             u"Fix that function, or send its values instead of the object."_s);
        return {};
    }
    const QJSValue value = called.property(u"value"_s);
    const bool isPlain = value.isObject() && !value.isCallable() && !value.isArray()
        && value.property(u"toJSON"_s).isCallable() && !value.isDate() && !value.isQObject();
    m_path.back().object = QJSValue();
    if (!isPlain)
        return readValue(value);
    if (holdsItself(value))
        return {};
    m_path.back().object = value;
    return readMembers(value);
}

// Reads an object whose content is not in its members: a Map, a Set, a Number.
QVariant JsReader::readContent(const QJSValue &object, const QVariantMap &members)
{
    if (!engine() || m_error)
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
            warnOfKeys(twice.toString());
        return readMembers(content.property(u"members"_s));
    }
    if (content.hasProperty(u"isClosed"_s))
        return lostContainer(object);
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
    for (quint32 i = 0; i < length && !m_error; ++i) {
        const Level level(this, qsizetype(i));
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
        failToRead(path(qsizetype(m_path.size())), read.property(u"error"_s).toString());
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
        QString place = path(qsizetype(m_path.size()));
        if (key.isString())
            place += u'.' + key.toString();
        failToRead(place, members.property(u"error"_s).toString());
        return {};
    }
    const QJSValue values = members.property(u"values"_s);
    const quint32 count = names.property(u"length"_s).toUInt();
    QVariantMap map;
    for (quint32 i = 0; i < count && !m_error; ++i)
        readMember(names.property(i).toString(), values.property(i), &map);
    return map;
}

// The same without an engine to ask which of them are enumerable.
QVariantMap JsReader::readOwnProperties(const QJSValue &object)
{
    QVariantMap map;
    QJSValueIterator members(object);
    while (!m_error && members.hasNext()) {
        members.next();
        readMember(members.name(), members.value(), &map);
    }
    return map;
}

void JsReader::readMember(const QString &name, const QJSValue &member, QVariantMap *map)
{
    const Level level(this, name);
    if (!member.isCallable() && !member.isUndefined())
        map->insert(name, readValue(member));
    else if (member.isCallable() && name != "toJSON"_L1)
        lostFunction(Instead::Nothing);
}

QJSEngine *JsReader::engine() const
{
    return m_object ? engineOf(m_object) : nullptr;
}

QVariant JsReader::lostQObject(const QObject *object)
{
    const QString what =
        object ? u"the object %1"_s.arg(typeOf(object)) : u"an object that has been destroyed"_s;
    return lost(what, u"Send the properties that you need, for example { x: item.x }."_s);
}

QVariant JsReader::lostFunction(Instead instead)
{
    const bool isArgument = m_root == Root::Arguments && m_path.size() == 1;
    return lost(u"a function"_s,
                isArgument ? u"An acknowledgement callback must be the last argument."_s
                           : u"Send its return value, or leave it out."_s,
                instead);
}

// A Promise, WeakMap or WeakSet: nobody can look into it.
QVariant JsReader::lostContainer(const QJSValue &object)
{
    const QString type = object.property(u"constructor"_s).property(u"name"_s).toString();
    return lost(u"a %1"_s.arg(type),
                type == "Promise"_L1 ? u"Send its result in then()."_s
                                     : u"Use a %1 instead."_s.arg(type.mid(4)));
}

// Two keys of a Map have the same text, such as 1 and "1".
void JsReader::warnOfKeys(const QString &name)
{
    const QString text =
        u"%1 is a Map with two keys that become the same name \"%2\": only one of their "
        "values is sent. Use keys that differ as strings."_s.arg(path(qsizetype(m_path.size())),
                                                                 name);
    warn(m_object, m_purpose.isEmpty() ? text : u"In %1, %2"_s.arg(m_purpose, text));
}

QVariant JsReader::lost(const QString &what, const QString &remedy, Instead instead)
{
    if (++m_lost > MaxWarnings)
        return null();
    const QString place = path(qsizetype(m_path.size()));
    const QString other = instead == Instead::Null ? u"null"_s : u"nothing"_s;
    warn(m_object,
         m_purpose.isEmpty()
             ? u"Cannot be converted: %1 is %2; %3 is used instead. %4"_s.arg(place, what, other,
                                                                              remedy)
             : u"In %1, %2 is %3, which cannot be sent; %4 is sent instead. %5"_s.arg(
                 m_purpose, place, what, other, remedy));
    return null();
}

// Whether count values more are too many.
bool JsReader::isFull(qsizetype count)
{
    if (m_error)
        return true;
    m_count += count;
    if (m_count <= m_limits.maxValues)
        return false;
    fail(u"it contains more than %1 values"_s.arg(m_limits.maxValues),
         u"Send it in parts or as binary data; the limit is set with the option maxValues."_s);
    return true;
}

bool JsReader::holdsItself(const QJSValue &object)
{
    for (std::size_t i = 0; i + 1 < m_path.size(); ++i) {
        if (!m_path.at(i).object.isObject() || !m_path.at(i).object.strictlyEquals(object))
            continue;
        fail(u"%1 is %2 again"_s.arg(path(qsizetype(m_path.size())), path(qsizetype(i) + 1)),
             u"Leave that reference out, or give the object a toJSON()."_s);
        return true;
    }
    return false;
}

void JsReader::fail(const QString &what, const QString &remedy)
{
    m_error = unreadable(m_purpose, what, remedy);
}

void JsReader::failToRead(const QString &place, const QString &error)
{
    fail(u"reading %1 threw %2"_s.arg(place, error),
         u"Fix that getter, or send its values instead of the object."_s);
}

// As JavaScript would name it, but arguments have numbers from 1 on.
QString JsReader::path(qsizetype steps) const
{
    QString text = m_root == Root::Arguments
        ? u"argument %1"_s.arg(std::get<qsizetype>(m_path.front().key) + 1)
        : u"value"_s;
    constexpr qsizetype MaxSteps = 12;
    for (qsizetype i = 1; i < steps; ++i) {
        if (i == MaxSteps && steps > MaxSteps + 1) {
            text += u"\u2026"_s;
            i = steps - 1;
        }
        const Key &key = m_path.at(std::size_t(i)).key;
        text += std::holds_alternative<QString>(key) ? u'.' + std::get<QString>(key)
                                                     : u"[%1]"_s.arg(std::get<qsizetype>(key));
    }
    return text;
}

} // namespace SocketIo::detail
