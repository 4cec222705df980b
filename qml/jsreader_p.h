// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSREADER_P_H
#define SOCKETIO_JSREADER_P_H

#include "jscomplaints_p.h"
#include "jslimits_p.h"
#include "jspath_p.h"

#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

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
    JsReader(const QObject *object, const QString &purpose, const JsLimits &limits);

    QVariant read(const QJSValue &value);
    // The elements of an array.
    QVariantList readList(const QJSValue &array);
    QVariantList readArguments(const QJSValueList &values);

    // No error if the whole value could be read; otherwise the returned value must not be used.
    const Error &error() const { return m_complaints.error(); }
    // What was given, if it still lives.
    const QObject *object() const { return m_complaints.object(); }

private:
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
    QJSEngine *engine() const;
    bool isFull(qsizetype count);
    bool holdsItself(const QJSValue &object);

    const JsLimits m_limits;
    JsPath m_path;
    JsComplaints m_complaints;
    qsizetype m_count = 0;
};

} // namespace SocketIo::detail

#endif
