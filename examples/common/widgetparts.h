// SPDX-License-Identifier: MIT
#ifndef WIDGETPARTS_H
#define WIDGETPARTS_H

#include <QtWidgets/qwidget.h>

QT_BEGIN_NAMESPACE
class QAbstractItemView;
QT_END_NAMESPACE

// Writes text into view for as long as it has no rows, and frames it while it has the keyboard.
class EmptyText : public QObject
{
public:
    EmptyText(QAbstractItemView *view, const QString &text);

protected:
    bool eventFilter(QObject *viewport, QEvent *event) override;

private:
    QAbstractItemView *m_view;
    QString m_text;
};

// The address at which others join, with a button that copies it, and with a warning if it is one
// that only this computer reaches.
class JoinAddress : public QWidget
{
    Q_OBJECT

public:
    explicit JoinAddress(const QUrl &url, QWidget *parent = nullptr);
};

#endif
