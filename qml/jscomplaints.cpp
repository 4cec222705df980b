// SPDX-License-Identifier: MIT
#include "jscomplaints_p.h"

#include "qmlwarnings_p.h"

#include <QtCore/qmetaobject.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

constexpr int MaxWarnings = 10;

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

} // namespace

JsComplaints::JsComplaints(const QObject *object, const QString &purpose, const JsPath &path)
    : m_object(object)
    , m_hasObject(object)
    , m_purpose(purpose)
    , m_path(path)
{
}

Error JsComplaints::ownerDeleted(const QString &purpose)
{
    return unreadable(
        purpose,
        u"a toJSON() function, a getter or a handler for warnings has deleted the object that reads the value"_s,
        u"Delete that object later, as destroy() does."_s);
}

QVariant JsComplaints::lostQObject(const QObject *object)
{
    const QString what =
        object ? u"the object %1"_s.arg(typeOf(object)) : u"an object that has been destroyed"_s;
    return lost(what, u"Send the properties that you need, for example { x: item.x }."_s);
}

QVariant JsComplaints::lostFunction(Instead instead)
{
    const bool isArgument = m_path.isOfArguments() && m_path.size() == 1;
    return lost(u"a function"_s,
                isArgument ? u"An acknowledgement callback must be the last argument."_s
                           : u"Send its return value, or leave it out."_s,
                instead);
}

// A Promise, WeakMap or WeakSet: nobody can look into it.
QVariant JsComplaints::lostContainer(const QJSValue &object)
{
    const QString type = object.property(u"constructor"_s).property(u"name"_s).toString();
    return lost(u"a %1"_s.arg(type),
                type == "Promise"_L1 ? u"Send its result in then()."_s
                                     : u"Use a %1 instead."_s.arg(type.mid(4)));
}

void JsComplaints::warnOfKeys(const QString &name)
{
    const QString text =
        u"%1 is a Map with two keys that become the same name \"%2\": only one of their "
        "values is sent. Use keys that differ as strings."_s.arg(m_path.text(), name);
    warn(m_object, m_purpose.isEmpty() ? text : u"In %1, %2"_s.arg(m_purpose, text));
}

QVariant JsComplaints::lost(const QString &what, const QString &remedy, Instead instead)
{
    if (++m_lost > MaxWarnings)
        return QVariant::fromValue(nullptr);
    const QString place = m_path.text();
    const QString other = instead == Instead::Null ? u"null"_s : u"nothing"_s;
    warn(m_object,
         m_purpose.isEmpty()
             ? u"Cannot be converted: %1 is %2; %3 is used instead. %4"_s.arg(place, what, other,
                                                                              remedy)
             : u"In %1, %2 is %3, which cannot be sent; %4 is sent instead. %5"_s.arg(
                 m_purpose, place, what, other, remedy));
    return QVariant::fromValue(nullptr);
}

void JsComplaints::fail(const QString &what, const QString &remedy)
{
    m_error = unreadable(m_purpose, what, remedy);
}

void JsComplaints::failToRead(const QString &place, const QString &error)
{
    fail(u"reading %1 threw %2"_s.arg(place, error),
         u"Fix that getter, or send its values instead of the object."_s);
}

void JsComplaints::finish()
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

} // namespace SocketIo::detail
