using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Api;

/// <summary>A service that is asked for vendor data.</summary>
/// <param name="Name">Its key in vendor_data2.json; may be empty.</param>
/// <param name="Url">Where it is asked.</param>
public sealed record VendorDataTarget(string Name, Uri Url)
{
    /// <summary>The address without user, password and query, for log lines.</summary>
    public string ShownUrl =>
        Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>
    /// Reads <c>name@url</c>, divided at the first <c>@</c>. What cannot be used is left out and told, as Nova does (spec/nova-metadata.md
    /// §5.3).
    /// </summary>
    public static ImmutableArray<VendorDataTarget> ParseAll(IEnumerable<string> texts, ILogger logger)
    {
        var targets = ImmutableArray.CreateBuilder<VendorDataTarget>();
        foreach (var (index, text) in texts.Index())
        {
            var at = text.IndexOf('@');
            if (at < 0)
            {
                Log.TargetSkipped(logger, index + 1, "it lacks a name before an @");
            }
            else if (
                !Uri.TryCreate(text[(at + 1)..].Trim(), UriKind.Absolute, out var url)
                || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            )
            {
                Log.TargetSkipped(logger, index + 1, "it has no http or https address");
            }
            else if (targets.Any(t => t.Name == text[..at].Trim()))
            {
                Log.TargetSkipped(logger, index + 1, "another target has this name");
            }
            else
            {
                targets.Add(new VendorDataTarget(text[..at].Trim(), url));
            }
        }
        return targets.DrainToImmutable();
    }
}
