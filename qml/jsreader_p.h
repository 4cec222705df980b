// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSREADER_P_H
#define SOCKETIO_JSREADER_P_H

#include "jslimits_p.h"

#include <SocketIo/Error>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

#include <variant>
#include <vector>

QT_BEGIN_NAMESPACE
class QJSEngine;
QT_END_NAMESPACE

namespace SocketIo::detail {

// Reads JavaScript values. What is not data becomes null, as with JSON.stringify(), or is left out
// if it is a function in an object, with a warning that names what it is for. An object that is in
// itself, and what is nested too deeply or without bounds, cannot be read: then there is an error,
// and no warning of it. Neither can what deletes the object that wants it, which a toJSON() or a
// getter may do, nor what throws when it is read.
class JsReader
{
public:
    // Where a value is, for messages: of an object's members, or an argument that is one of
    // several.
    enum class Root { Value, Arguments };

    JsReader(const QObject *object, const QString &purpose, const JsLimits &limits);

    QVariant read(const QJSValue &value);
    // The elements of an array.
    QVariantList readList(const QJSValue &array);
    QVariantList readArguments(const QJSValueList &values);

    // What error() is when reading the values has deleted the object that wants them.
    static Error ownerDeleted(const QString &purpose);

    // None if all could be read; otherwise what was returned is useless.
    const Error &error() const { return m_error; }
    // What was given, if it still lives.
    const QObject *object() const { return m_object; }

private:
    using Key = std::variant<qsizetype, QString>;
    struct Step
    {
        Key key;
        QJSValue object; // what is there
    };
    // Steps into a member or an element as long as it lives.
    class Level;

    QVariant readValue(const QJSValue &value);
    QVariant readReplaced(const QJSValue &value);
    QVariant readVariant(const QVariant &value);
    QVariant readItem(const QVariant &value);
    QVariant readObject(const QJSValue &object);
    QVariant readContent(const QJSValue &object, const QVariantMap &members);
    QVariantList readElements(const QJSValue &array);
    void checkElement(const QJSValue &array, quint32 index);
    QVariantMap readMembers(const QJSValue &object);
    QVariantMap readOwnProperties(const QJSValue &object);
    void readMember(const QString &name, const QJSValue &member, QVariantMap *map);
    // What becomes of a value that is not data.
    enum class Instead { Null, Nothing };
    QVariant lost(const QString &what, const QString &remedy, Instead instead = Instead::Null);
    QVariant lostFunction(Instead instead);
    QVariant lostContainer(const QJSValue &object);
    QVariant lostQObject(const QObject *object);
    void warnOfKeys(const QString &name);

    void finish();
    QJSEngine *engine() const;
    bool isFull(qsizetype count);
    bool holdsItself(const QJSValue &object);
    void fail(const QString &what, const QString &remedy);
    void failToRead(const QString &place, const QString &error);
    QString path(qsizetype steps) const;

    const QPointer<const QObject> m_object;
    const bool m_hasObject;
    const QString m_purpose;
    const JsLimits m_limits;
    Root m_root = Root::Value;
    std::vector<Step> m_path;
    qsizetype m_count = 0;
    int m_lost = 0;
    Error m_error;
};

} // namespace SocketIo::detail

#endif
