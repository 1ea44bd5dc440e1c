// Stands in the head of index.html itself, so that it runs before anything is painted and fetches begin at once. The
// content security policy lets it in by its digest (api/site.py).
{
  const theme = localStorage.getItem('techmart.theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
    document.querySelector('meta[name=color-scheme]').content = theme;
  }
  // Who is signed in, or comes back from signing in, needs the signed-in pages beside the first script, not after it.
  if (sessionStorage.getItem('techmart.tokens') || location.search) {
    for (const link of document.querySelectorAll('link[data-rel]')) link.rel = link.dataset.rel;
  }
}
