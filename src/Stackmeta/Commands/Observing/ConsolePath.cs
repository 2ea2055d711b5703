using Stackmeta.Edge;
using Stackmeta.Inventory;
using Stackmeta.WebConsole;

namespace Stackmeta;

/// <summary>
/// What the console asks, answered as the commands answer it: the admin sockets of the data folder, <c>explain</c>, and the hops
/// themselves.
/// </summary>
/// <param name="settings">Where the path runs.</param>
/// <param name="open">Opens the inventory.</param>
/// <param name="patience">How long each question of an explanation may take.</param>
sealed class ConsolePath(SettingValues settings, Func<OpenInventory> open, TimeSpan patience) : IConsolePath
{
    /// <summary>Longer than the hops wait inside for what is briefly down, so that the guest's own answer is shown.</summary>
    static readonly TimeSpan DocumentPatience = TimeSpan.FromSeconds(10);

    readonly DataFolder _folder = DataFolder.Of(settings);

    public async Task<IReadOnlyList<IAdminSocket>> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return
            [
                .. (await AdminClient.FindAsync(settings, notes: null, cancellationToken)).Select(
                    static client => new ConsoleSocket(client)
                ),
            ];
        }
        catch (CommandException e)
        {
            throw new ConsoleException(e.Message, e);
        }
    }

    public Task<string> ExplainAsync(GuestName guest, CancellationToken cancellationToken) =>
        AskAsync(async () =>
            ExplanationJson.Of(
                await new GuestExplainer(settings, open) { Patience = patience }.ExplainAsync(
                    guest.Asked,
                    guest.Network,
                    cancellationToken
                )
            )
        );

    public Task<GuestDocument> ReadAsync(GuestName guest, string path, CancellationToken cancellationToken) =>
        AskAsync(async () =>
        {
            var hops = new HopObserver(
                await SubjectOfAsync(guest, cancellationToken),
                HopPlaces.Of(settings, _folder),
                new Deadline(DocumentPatience, TimeProvider.System)
            );
            var answer =
                await hops.ReadAsync(path, guest.Router, cancellationToken)
                ?? throw new ConsoleException(
                    $"Nobody can be asked in this guest's name: no agent answers on {_folder.AgentSocket}, and the metadata API cannot be asked without the instance and the shared secret."
                );
            return new GuestDocument(answer.Status, System.Text.Encoding.Latin1.GetBytes(answer.Text));
        });

    async Task<PathSubject> SubjectOfAsync(GuestName guest, CancellationToken cancellationToken)
    {
        var scope = guest.Network ?? guest.Router;
        if (GuestExplainer.IsStranger(settings, _folder, guest.Asked, scope))
        {
            var deadline = new Deadline(DocumentPatience, TimeProvider.System);
            return await StrangerFinder.FindAsync(null, guest.Asked, scope, deadline, cancellationToken);
        }
        using var opened = open();
        return await SubjectFinder.FindAsync(opened.Inventory, guest.Asked, guest.Network, cancellationToken);
    }

    static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e)
            when (e is CommandException or InventoryException or EdgeException or SettingsException or IOException)
        {
            throw new ConsoleException(e.Message, e);
        }
    }
}
