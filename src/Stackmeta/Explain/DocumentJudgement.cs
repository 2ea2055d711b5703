using System.Text;

namespace Stackmeta;

/// <summary>The documents that a guest asks for.</summary>
static class DocumentJudgement
{
    public const string UserData = "/openstack/latest/user_data";

    /// <summary>As far as cloud-init looks for a MIME head.</summary>
    public const int StartBytes = 4096;

    /// <summary>
    /// What cloud-init knows user data by, in any case and after any blanks (its documentation, "User data formats"), and the marks
    /// of Ignition, cloudbase-init and Talos.
    /// </summary>
    static readonly string[] _marks =
    [
        "#cloud-config",
        "#!",
        "#include",
        "#cloud-boothook",
        "#part-handler",
        "#upstart-job",
        "## template:",
        "content-type:",
        "from ",
        "{",
        "<powershell>",
        "<script>",
        "rem cmd",
        "#ps1",
        "version: v1alpha1",
        "apiversion:",
    ];

    /// <summary>RFC 1952 §2.3.1: compressed, and cloud-init looks inside.</summary>
    static readonly byte[] _gzip = [0x1f, 0x8b];

    public static LinkVerdict Documents(PathSights sights)
    {
        if (sights.Documents is [])
        {
            return LinkVerdict.NotLookedAt(
                PathLink.Documents,
                sights.Agent is { Status: >= 200 and < 300 } ? "no time was left: wait longer with --patience"
                    : sights.Agent is { Kind: HopAnswerKind.Silent }
                        ? $"no answer to this guest in {ListenerJudgement.Seconds(sights.Patience)}"
                    : "nobody answers this guest"
            );
        }
        foreach (var document in sights.Documents)
        {
            if (document.Status is >= 200 and < 300 || (document.Status == 404 && IsOptional(document.Path)))
            {
                continue;
            }
            var what =
                document.Status == 0
                    ? $"no answer in {ListenerJudgement.Seconds(sights.Patience)}"
                    : $"{document.Status}";
            return LinkVerdict.Broken(
                document.Path.Contains("vendor_data", StringComparison.Ordinal)
                    ? Finding.VendorDataUnavailable
                    : Finding.DocumentRefused,
                $"{document.Path}: {what}"
            );
        }
        var userData = sights.Documents.First(document => document.Path == UserData);
        if (userData is { Status: 200, Start.Length: > 0 } && !IsRecognised(userData.Start.Span))
        {
            return LinkVerdict.Broken(
                Finding.UserDataUnrecognised,
                "user data begins like nothing that cloud-init knows"
            );
        }
        return LinkVerdict.Fine(
            PathLink.Documents,
            userData.Status == 404
                ? $"{sights.Documents.Length - 1} answered; no user data was given"
                : $"{sights.Documents.Length} answered, user data too"
        );
    }

    static bool IsOptional(string path) => path == UserData;

    static bool IsRecognised(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(_gzip))
        {
            return true;
        }
        var text = Encoding.Latin1.GetString(start).TrimStart();
        return text.Contains("mime-version:", StringComparison.OrdinalIgnoreCase)
            || _marks.Any(mark => text.StartsWith(mark, StringComparison.OrdinalIgnoreCase));
    }
}
