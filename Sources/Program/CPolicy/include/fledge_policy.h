/* A policy of Fledge in a program of your own: it acts, is told what came of it, and adapts to its task.

       fledge export runs/my-run --out robot        # makes the folder
       swift build -c release --product FledgePolicy
       cc robot.c -I Sources/Program/CPolicy/include -L .build/release -lFledgePolicy -Wl,-rpath,.build/release

   Built so, the library needs Swift's own libraries; with --static-swift-stdlib -Xswiftc -static-stdlib they are inside.

   A task is a number of episodes. An episode begins, goes on by acting and observing in turn, and ends:

       char message[256];
       fledge_policy *policy = fledge_policy_open("robot", 1, message, sizeof message);
       for (int episode = 0; episode < 20; episode++) {
         fledge_policy_begin(policy, FLEDGE_EXPLORE);
         while (...) {
           fledge_policy_act(policy, observation, action);
           ... move, and look what came of it ...
           fledge_policy_observe(policy, reward);
         }
         fledge_policy_end(policy, observation, fell);
       }
       fledge_policy_adapt(policy, 1);

   That is for policies that adapt by gradient steps. Those that remember or infer their task (RL2, VariBAD, PEARL) adapt after
   each episode: what they learned in one is otherwise unknown in the next.

   Functions that can fail return false, or NULL, and change nothing; fledge_policy_error says why, in one line that names
   what would be right. Nothing here ends the process. fledge_policy_act allocates no memory. The library starts no
   thread, and sets OpenBLAS to one thread for the whole process when it is loaded: load it before other threads multiply.
   A policy is used by one thread at a time, and different policies by different threads. */
#ifndef FLEDGE_POLICY_H
#define FLEDGE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever the interface does. */
#define FLEDGE_POLICY_VERSION 1

/* A policy, and what it knows of its task. */
typedef struct fledge_policy fledge_policy;

/* How actions are chosen in an episode: drawn, with the episode kept to be learned from; drawn; or the likeliest one. */
enum { FLEDGE_EXPLORE = 0, FLEDGE_DRAW = 1, FLEDGE_LIKELIEST = 2 };

/* Opens a folder that `fledge export` or `fledge adapt` wrote.

   The seed names what is drawn: the same seed, observations and rewards give the same actions. There is room for as many
   episodes as training learned from at once; fledge_policy_make_room changes that. NULL where the folder can't be
   read: then message, of so many bytes, says why. */
fledge_policy *fledge_policy_open(const char *folder, uint64_t seed, char *message,
                                  size_t capacity);

/* Ends the use of a policy; NULL is fine. */
void fledge_policy_close(fledge_policy *policy);

/* Why the last function that failed for this policy did; empty before any has. */
const char *fledge_policy_error(const fledge_policy *policy);

/* What policy.json says of the folder that was opened, as one line of JSON: names, units and bounds of observations and actions, how it adapts. */
const char *fledge_policy_description(const fledge_policy *policy);

/* The numbers in an observation, and in an action: a choice is one number, its index. */
int32_t fledge_policy_observation_width(const fledge_policy *policy);
int32_t fledge_policy_action_width(const fledge_policy *policy);

/* Keeps up to so many episodes of so many steps to be learned from; those that were kept are forgotten. */
bool fledge_policy_make_room(fledge_policy *policy, int32_t episodes, int32_t steps);

/* How many episodes are kept to be learned from. */
int32_t fledge_policy_kept_episodes(const fledge_policy *policy);

/* Begins an episode. */
bool fledge_policy_begin(fledge_policy *policy, int32_t mode);

/* Acts: reads observation_width numbers, writes action_width numbers. Where policy.json names the distribution gaussian they
   are not clipped to the bounds of the action, neither drawn ones nor the likeliest: clip them as your robot needs. */
bool fledge_policy_act(fledge_policy *policy, const float *observation, float *action);

/* Reports the reward of the last action. */
bool fledge_policy_observe(fledge_policy *policy, float reward);

/* Ends an episode with what is observed after its last action. It has terminated where a rule of the task ended it, such as a
   fall, and not where the time was over. With NULL the episode is dropped, as after an emergency stop. */
bool fledge_policy_end(fledge_policy *policy, const float *observation, bool terminated);

/* Keeps an episode that was recorded elsewhere as one to be learned from: observations of steps + 1 moments, actions as
   the environment took them, rewards. Where drawn is not NULL it holds what the policy drew before its actions were
   squashed and scaled, of which nothing is lost by undoing that. */
bool fledge_policy_record(fledge_policy *policy, int32_t steps, const float *observations,
                          const float *actions, const float *drawn, const float *rewards,
                          bool terminated);

/* Learns from the episodes that were kept, by so many gradient steps, 1 to 1000; policies that remember or infer their task
   take none, whatever is asked. The episodes are forgotten, what was learned stays; where it fails, both stay as they
   were, and fledge_policy_make_room forgets the episodes. */
bool fledge_policy_adapt(fledge_policy *policy, int32_t steps);

/* Forgets the task and the episodes: the policy is as it was trained, and another task begins. */
bool fledge_policy_forget(fledge_policy *policy);

/* Writes a folder with the policy as it is now, which can be opened again. */
bool fledge_policy_save(fledge_policy *policy, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
