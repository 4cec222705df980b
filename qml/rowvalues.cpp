// SPDX-License-Identifier: MIT
#include "rowvalues_p.h"

#include <SocketIo/Arguments>

#include <QtCore/qmetaobject.h>

namespace SocketIo::detail {

namespace {

// The members of an object, of a map or of a gadget of C++.
QVariantMap membersOf(const QVariant &value)
{
    if (value.metaType().flags().testFlag(QMetaType::IsGadget)) {
        QVariantMap members;
        const QMetaObject *metaObject = value.metaType().metaObject();
        for (int i = 0; metaObject && i < metaObject->propertyCount(); ++i) {
            const QMetaProperty property = metaObject->property(i);
            members.insert(QString::fromUtf8(property.name()),
                           property.readOnGadget(value.constData()));
        }
        return members;
    }
    return fromArgument<QVariantMap>(value).value_or(QVariantMap());
}

bool isObject(const QVariant &value)
{
    return value.typeId() == QMetaType::QVariantMap || value.typeId() == QMetaType::QVariantHash
        || value.metaType().flags().testFlag(QMetaType::IsGadget);
}

} // namespace

QVariantList rowObjects(const QVariant &value)
{
    QVariantList list = isObject(value)
        ? QVariantList{value}
        : fromArgument<QVariantList>(value).value_or(QVariantList{value});
    for (QVariant &item : list) {
        if (isObject(item) && item.typeId() != QMetaType::QVariantMap)
            item = membersOf(item);
    }
    return list;
}

} // namespace SocketIo::detail
