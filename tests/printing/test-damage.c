/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-damage"

#include "core/sheet/qr.h"
#include "printing/dots.h"

#include "tests/printing/sheet-fixture.h"

#include <math.h>
#include <string.h>

/*
 * The code of a slip that was in a pocket: a corner torn off, a crease, a stain, faded by the sun, smeared while wet. Each
 * is photographed, turned a little, with a camera's noise, from two distances, and read by zbar. What is stood is held
 * here, and the figures are in printing/RECEIPT.md; somewhere each ends, and that is held, too: else nothing was tried.
 */

#define TRIES 8
#define PAPER 232.0
#define INK   32.0
#define TABLE 110.0
#define QUIET 4 /* modules */

/* The code and its quiet zone, one value a dot. */
typedef struct
{
  int side;
  int module; /* dots */
  double *light;
} Code;

typedef void (*Harm) (Code *code, double by, GRand *chance);

static gboolean
is_at (const BmDots *page, const BmQr *qr, int module, int left, int top)
{
  for (guint i = 0; i < qr->size * qr->size; i++)
    if (bm_dots_get_dot (page, left + (int) (i % qr->size) * module + module / 2,
                         top + (int) (i / qr->size) * module + module / 2) != qr->modules[i])
      return FALSE;
  return TRUE;
}

/* From the page itself, dot for dot: what is around it is its own quiet zone. */
static void
cut_out (const BmDots *page, const BmQr *qr, int module, Code *code)
{
  const int size = (int) qr->size * module, quiet = QUIET * module;

  for (int top = quiet; top + size + quiet <= page->height; top++)
    for (int left = quiet; left + size + quiet <= page->width; left++)
      {
        if (!bm_dots_get_dot (page, left, top) || bm_dots_get_dot (page, left - 1, top) ||
            bm_dots_get_dot (page, left, top - 1) || !is_at (page, qr, module, left, top))
          continue;
        *code = (Code){ size + 2 * quiet, module, NULL };
        code->light = g_new (double, code->side * code->side);
        for (int i = 0; i < code->side * code->side; i++)
          code->light[i] =
            bm_dots_get_dot (page, left - quiet + i % code->side, top - quiet + i / code->side)
              ? INK
              : PAPER;
        return;
      }
  g_assert_not_reached ();
}

static void
print_code (BmPaper paper, Code *code)
{
  json_t *sheet = sheet_load ("registration.json");
  g_autoptr (BmRender) render = sheet_render (sheet, 1, paper);
  g_autoptr (BmDots) page = bm_dots_from_render (render, 0, BM_PAGE_DPI, NULL);
  g_autoptr (BmQr) qr = bm_qr_encode (SHEET_QR, NULL);

  cut_out (page, qr, paper == BM_PAPER_ROLL80 ? 8 : 5, code);
  json_decref (sheet);
}

/* @x_sign, @y_sign: to which corner; torn, not cut. */
static void
tear_off (Code *code, int x_sign, int y_sign, double by, GRand *chance)
{
  const double corner = code->side / 2.0 - QUIET * code->module;
  const double leg = sqrt (2 * by) * (code->side - 2 * QUIET * code->module);
  const double first = g_rand_double_range (chance, 0, 6),
               second = g_rand_double_range (chance, 0, 6);

  for (int i = 0; i < code->side * code->side; i++)
    {
      const double x = corner - x_sign * (i % code->side - code->side / 2.0);
      const double y = corner - y_sign * (i / code->side - code->side / 2.0);
      const double along = (x - y) / code->module;
      const double rag = 0.4 * code->module * (sin (along + first) + sin (2.3 * along + second));

      if (x + y < leg + rag)
        code->light[i] = TABLE;
    }
}

/* @by: of the code's area, at the corner that has no mark to find it by. */
static void
tear (Code *code, double by, GRand *chance)
{
  tear_off (code, 1, 1, by, chance);
}

/* @by: of the code's area, at one of the corners with a mark. */
static void
tear_mark (Code *code, double by, GRand *chance)
{
  static const int signs[][2] = { { -1, -1 }, { 1, -1 }, { -1, 1 } };
  const int *sign = signs[g_rand_int_range (chance, 0, G_N_ELEMENTS (signs))];

  tear_off (code, sign[0], sign[1], by, chance);
}

/* @by: modules: where it was folded through the code the print has come off; one side is in the shade. */
static void
fold (Code *code, double by, GRand *chance)
{
  const double angle = g_rand_double_range (chance, 0, G_PI);
  const double off = g_rand_double_range (chance, -0.3, 0.3) * code->side;

  for (int i = 0; i < code->side * code->side; i++)
    {
      const double x = i % code->side - code->side / 2.0, y = i / code->side - code->side / 2.0;
      const double far = x * sin (angle) + y * cos (angle) - off;

      if (fabs (far) < by * code->module / 2)
        code->light[i] = PAPER;
      if (far > 0)
        code->light[i] *= 0.85;
    }
}

/* @by: of the code's area, anywhere but on the three marks it is found by; through it nothing is seen. */
static void
stain (Code *code, double by, GRand *chance)
{
  const double size = code->side - 2.0 * QUIET * code->module;
  const double radius = sqrt (by / G_PI) * size;
  const double least = 9.0 * code->module + radius, most = size - radius;
  const gboolean is_low =
    g_rand_boolean (chance); /* right of the lower mark, or below the right one */
  const double free = g_rand_double_range (chance, MIN (least, most), most);
  const double low = g_rand_double_range (chance, MIN (least, most), most);
  const double x = QUIET * code->module + (is_low ? free : low);
  const double y = QUIET * code->module + (is_low ? low : free);

  for (int i = 0; i < code->side * code->side; i++)
    if (hypot (i % code->side - x, i / code->side - y) < radius)
      code->light[i] = MIN (code->light[i], 60);
}

/* @by: how much of the blackness is gone, at its palest side. */
static void
fade (Code *code, double by, GRand *chance)
{
  const double angle = g_rand_double_range (chance, 0, 2 * G_PI);

  for (int i = 0; i < code->side * code->side; i++)
    {
      const double x = (double) (i % code->side) / code->side - 0.5;
      const double y = (double) i / code->side / code->side - 0.5;
      const double gone =
        by * (0.85 + 0.15 * CLAMP (1.4 * (x * cos (angle) + y * sin (angle)), -1, 1));

      code->light[i] += gone * (PAPER - code->light[i]);
    }
}

/* @by: modules over which a wet thumb has drawn each point, this way or that. */
static void
smear (Code *code, double by, GRand *chance)
{
  const double angle = g_rand_double_range (chance, 0, G_PI);
  const int n = MAX ((int) (by * code->module), 1);
  double *dry = code->light;

  code->light = g_new0 (double, code->side * code->side);
  for (int i = 0; i < code->side * code->side; i++)
    for (int k = 0; k < n; k++)
      {
        const int x =
          CLAMP (i % code->side + (int) lround ((k - n / 2.0) * cos (angle)), 0, code->side - 1);
        const int y =
          CLAMP (i / code->side + (int) lround ((k - n / 2.0) * sin (angle)), 0, code->side - 1);

        code->light[i] += dry[y * code->side + x] / n;
      }
  g_free (dry);
}

static double
look (const Code *code, double x, double y)
{
  if (x < 0 || y < 0 || x >= code->side || y >= code->side)
    return PAPER;
  return code->light[(int) y * code->side + (int) x];
}

/* @far by @far dots of paper are one grey pixel. */
static void
photograph (const Code *code, int far, GRand *chance, const char *path)
{
  const double turn = g_rand_double_range (chance, -0.15, 0.15);
  const int side = code->side * 6 / 5 / far;
  g_autoptr (GByteArray) pgm = g_byte_array_new ();
  g_autofree char *head = g_strdup_printf ("P5 %d %d 255\n", side, side);

  g_byte_array_append (pgm, (const guint8 *) head, (guint) strlen (head));
  for (int i = 0; i < side * side; i++)
    {
      double sum = g_rand_double_range (chance, -8, 8);
      guint8 grey;

      for (int j = 0; j < 9; j++)
        {
          const double x = (i % side + (j % 3 + 0.5) / 3 - side / 2.0) * far;
          const double y = (i / side + (j / 3 + 0.5) / 3 - side / 2.0) * far;

          sum += look (code, code->side / 2.0 + x * cos (turn) - y * sin (turn),
                       code->side / 2.0 + x * sin (turn) + y * cos (turn)) /
                 9;
        }
      grey = (guint8) CLAMP (sum, 0, 255);
      g_byte_array_append (pgm, &grey, 1);
    }
  g_assert_true (g_file_set_contents (path, (const char *) pgm->data, (gssize) pgm->len, NULL));
}

/* How many of the slips in @folder are read in one of their pictures; never as something else. */
static int
count_read (const char *folder)
{
  g_autofree char *command =
    g_strdup_printf ("zbarimg -q --xml --nodbus -Sdisable -Sqrcode.enable %s/*.pgm", folder);
  g_autofree char *xml = sheet_run ("sh", "-c", command, NULL);
  g_auto (GStrv) pictures = g_strsplit (xml, "<source href='", -1);
  gboolean is_read[TRIES] = { FALSE };
  int n = 0;

  for (guint i = 1; pictures[i] != NULL; i++)
    {
      g_autofree char *path = g_strndup (pictures[i], strcspn (pictures[i], "'"));
      g_autofree char *name = g_path_get_basename (path);
      const char *data = strstr (pictures[i], "<![CDATA[");

      if (data == NULL)
        continue;
      g_assert_true (g_str_has_prefix (data, "<![CDATA[" SHEET_QR "]]>"));
      is_read[g_ascii_strtoull (name, NULL, 10)] = TRUE;
    }
  for (int i = 0; i < TRIES; i++)
    n += is_read[i];
  return n;
}

static int
try (BmPaper paper, Harm harm, double by)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (203);
  char *folder = sheet_folder_new ();
  Code whole;
  int n;

  print_code (paper, &whole);

  for (int i = 0; i < TRIES; i++)
    {
      Code code = whole;

      code.light = g_memdup2 (whole.light, (gsize) whole.side * whole.side * sizeof *whole.light);
      harm (&code, by, chance);
      for (int far = 1; far <= 2; far++)
        {
          g_autofree char *path = g_strdup_printf ("%s/%d-%d.pgm", folder, i, far);

          photograph (&code, far, chance, path);
        }
      g_free (code.light);
    }
  g_free (whole.light);
  n = count_read (folder);
  sheet_folder_remove (folder);
  return n;
}

typedef struct
{
  const char *name;
  Harm harm;
  double stood; /* on both rolls */
  double ends;  /* on the wide one; most are read no more */
} Damage;

static const Damage damages[] = {
  { "/damage/corner-torn", tear, 0.08, 0.25 }, { "/damage/mark-torn", tear_mark, 0.005, 0.02 },
  { "/damage/folded", fold, 0.5, 6 },          { "/damage/stained", stain, 0.12, 0.36 },
  { "/damage/faded", fade, 0.8, 0.97 },        { "/damage/smeared", smear, 1.2, 2.5 },
};

static void
test_damage (gconstpointer data)
{
  const Damage *damage = data;
  const int wide = try (BM_PAPER_ROLL80, damage->harm, damage->stood);
  const int narrow = try (BM_PAPER_ROLL58, damage->harm, damage->stood);
  const int ended = try (BM_PAPER_ROLL80, damage->harm, damage->ends);

  g_test_message ("%g: %d and %d of %d; %g: %d", damage->stood, wide, narrow, TRIES, damage->ends,
                  ended);
  g_assert_cmpint (MIN (wide, narrow), >=, TRIES - 1);
  g_assert_cmpint (ended, <=, TRIES / 2);
}

int
main (int argc, char **argv)
{
  sheet_start_locale ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    g_test_add_data_func (damages[i].name, &damages[i], test_damage);
  return g_test_run ();
}
