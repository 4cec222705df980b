// SPDX-License-Identifier: MIT
#ifndef SORTEDMODEL_H
#define SORTEDMODEL_H

//! [model]
#include <QtCore/QSortFilterProxyModel>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

// Sorts a model by one of its roles, the greatest value first.
class SortedModel : public QSortFilterProxyModel, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QString by MEMBER m_by)
    QML_ELEMENT

public:
    void classBegin() override { }
    void componentComplete() override // all properties are set
    {
        setSortRole(sourceModel()->roleNames().key(m_by.toUtf8()));
        sort(0, Qt::DescendingOrder);
    }

private:
    QString m_by;
};
//! [model]

#endif
