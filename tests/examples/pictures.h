// SPDX-License-Identifier: MIT
#ifndef PICTURES_H
#define PICTURES_H

#include <QtCore/qdir.h>
#include <QtGui/qpixmap.h>
#include <QtWidgets/qapplication.h>
#include <QtWidgets/qwidget.h>

// Pictures of a window in the folder SCREENSHOTS, for people to look at: NAME.png, NAME-dark.png,
// NAME-narrow.png and NAME-large.png, which has two pixels for each one. Fails for a window that is
// wider than 360 pixels when it is narrow.
inline bool savePicture(QWidget *window, const QString &name, double scale = 1)
{
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest); // as the event loop does
    QPixmap pixmap(window->size() * scale);
    pixmap.setDevicePixelRatio(scale);
    window->render(&pixmap);
    return QDir().mkpath(QStringLiteral(SCREENSHOTS))
        && pixmap.save(QStringLiteral(SCREENSHOTS "/%1.png").arg(name));
}

inline QPalette darkPalette()
{
    QPalette palette(QColor(0x2b, 0x30, 0x38), QColor(0x1d, 0x23, 0x2c));
    palette.setColor(QPalette::Base, QColor(0x14, 0x18, 0x1f));
    palette.setColor(QPalette::Highlight, QColor(0x2e, 0x6f, 0xb7));
    return palette;
}

inline bool savePictures(QWidget *window, const QString &name)
{
    bool isSaved =
        savePicture(window, name) && savePicture(window, name + QStringLiteral("-large"), 2);
    const QPalette light = window->palette();
    window->setPalette(darkPalette());
    isSaved = savePicture(window, name + QStringLiteral("-dark")) && isSaved;
    window->setPalette(light);
    const QSize size = window->size();
    window->resize(360, 520);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    isSaved = savePicture(window, name + QStringLiteral("-narrow")) && isSaved;
    isSaved = window->width() == 360 && window->minimumSizeHint().width() <= 360 && isSaved;
    window->resize(size);
    return isSaved;
}

#endif
