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

// Reads JavaScript values. As in JSON.stringify(), values that are not data become null, or are
// omitted if they are functions in an object; a warning names their purpose. Objects that contain
// themselves and values that are nested too deeply cannot be read; an error is returned and no
// warning is logged. Neither can values be read if a toJSON() function or a getter deletes the
// object for which they are read, or throws an exception.
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

    // No error if the whole value could be read; otherwise the returned value must not be used.
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
