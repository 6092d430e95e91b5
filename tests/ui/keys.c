/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/keys.h"

#include <X11/Xlib.h>
#include <dlfcn.h>
#include <gdk/x11/gdkx.h>

/* Real keys: an X server of our own is told that they went down and up. */

typedef int (*FakeKey) (Display *display, unsigned int code, Bool is_down, unsigned long delay);

static Display *display;
static FakeKey fake_key;

/* Gives the window the keyboard; there is no window manager to do so. */
void
bm_test_keys_start (BmShell *shell)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (shell));
  void *library = dlopen ("libXtst.so.6", RTLD_NOW);

  if (display == NULL)
    display = XOpenDisplay (NULL);
  g_assert_nonnull (display);
  g_assert_nonnull (library);
  *(void **) &fake_key = dlsym (library, "XTestFakeKeyEvent");
  g_assert_nonnull (fake_key);
  XSetInputFocus (display, gdk_x11_surface_get_xid (surface), RevertToParent, CurrentTime);
  XSync (display, False);
  while (!gtk_window_is_active (GTK_WINDOW (shell)))
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
bm_test_run_for (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
needs_shift (guint key)
{
  return (key >= GDK_KEY_A && key <= GDK_KEY_Z) || key == GDK_KEY_colon ||
         key == GDK_KEY_question || key == GDK_KEY_underscore;
}

void
bm_test_keys_press (guint key)
{
  unsigned int code = XKeysymToKeycode (display, key);
  unsigned int shift = XKeysymToKeycode (display, GDK_KEY_Shift_L);

  g_assert_cmpuint (code, !=, 0);
  if (needs_shift (key))
    fake_key (display, shift, True, 0);
  fake_key (display, code, True, 0);
  fake_key (display, code, False, 0);
  if (needs_shift (key))
    fake_key (display, shift, False, 0);
  XFlush (display);
}

/* \r is Return. A scanner does not wait for the face: without a gap all keys are down before it hears one. */
void
bm_test_keys_type (const char *text, guint gap_ms)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      bm_test_keys_press (*at == '\r' ? GDK_KEY_Return : gdk_unicode_to_keyval ((guint32) *at));
      if (gap_ms > 0)
        bm_test_run_for (gap_ms);
    }
  XSync (display, False);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Down for so long; the server repeats it meanwhile. */
void
bm_test_keys_hold (guint key, guint ms)
{
  unsigned int code = XKeysymToKeycode (display, key);

  fake_key (display, code, True, 0);
  XFlush (display);
  bm_test_run_for (ms);
  fake_key (display, code, False, 0);
  XFlush (display);
  bm_test_run_for (30);
}
