using System.Globalization;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// ISC's dhclient in a namespace, with a script of its own that only writes down what the server said. The usual script
/// would write the host's <c>/etc/resolv.conf</c>.
/// </summary>
sealed class DhcpClient(string @namespace, string device) : IDisposable
{
    public const string ClasslessRoutesName = "rfc3442-classless-static-routes";

    /// <summary>Made at the first use.</summary>
    DirectoryInfo? _directory;

    string PathOf(string name) => Path.Combine(_directory!.FullName, name);

    /// <summary>Asks for a lease and stays in the background to renew it.</summary>
    public async Task<GuestLease> AcquireAsync(CancellationToken cancellationToken)
    {
        End();
        _directory = Directory.CreateTempSubdirectory("stackmeta-guest-");
        // Under its own name Debian's AppArmor profile would forbid it the files below; cloud-init does the same.
        var program = PathOf("dhclient");
        File.Copy(Executables.Find("dhclient"), program);
        await WriteScriptAsync(PathOf("script"), cancellationToken);
        await File.WriteAllTextAsync(
            PathOf("conf"),
            $"""
            option {ClasslessRoutesName} code 121 = array of unsigned integer 8;
            request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers, host-name, interface-mtu, {ClasslessRoutesName};
            timeout 20;

            """,
            cancellationToken
        );
        string[] files =
        [
            "-sf",
            PathOf("script"),
            "-cf",
            PathOf("conf"),
            "-lf",
            PathOf("leases"),
            "-pf",
            PathOf("pid"),
        ];
        await new Command("ip", ["netns", "exec", @namespace, program, "-4", "-1", "-q", .. files, device]).RunAsync(
            cancellationToken
        );
        return GuestLease.FromVariables(await File.ReadAllLinesAsync(PathOf("lease"), cancellationToken));
    }

    async Task WriteScriptAsync(string path, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(
            path,
            $"""
            #!/bin/sh
            # Called by dhclient with what the server said in variables (man dhclient-script).
            case "$reason" in
            BOUND|RENEW|REBIND|REBOOT) /usr/bin/env >'{PathOf("lease.new")}' && /bin/mv '{PathOf(
                "lease.new"
            )}' '{PathOf("lease")}' ;;
            esac
            exit 0

            """,
            cancellationToken
        );
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    void End()
    {
        if (_directory is null)
        {
            return;
        }
        var pidFile = PathOf("pid");
        if (
            FileLookup.Exists(pidFile)
            && int.TryParse(File.ReadAllText(pidFile).Trim(), CultureInfo.InvariantCulture, out var process)
            && ObservedProcess.ArgumentsOf(process).Contains(pidFile)
        )
        {
            _ = Libc.Kill(process, Libc.SigKill);
        }
        _directory.Delete(recursive: true);
        _directory = null;
    }

    public void Dispose() => End();
}
